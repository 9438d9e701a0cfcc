import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Audiences } from "./Audiences.ts"
import type { Broadcast } from "./Broadcast.ts"
import { type HubCounters, listed, makeDelivery, nextTurn, type Turn, type Work } from "./Delivery.ts"
import { DeliveryLatency } from "./DeliveryLatency.ts"
import { makeFlowControl } from "./FlowControl.ts"
import type { Connection } from "../net/Connection.ts"
import type { Ending } from "../net/Ending.ts"
import { Settings } from "../settings/Settings.ts"
import { Waiting } from "./Waiting.ts"

/**
 * The one order of everything that needs one: broadcasts, and the joins, leaves and replies that must neither
 * overtake them nor be overtaken (LOGIN-10, MSG-5, SYNC-1). One deliverer takes all that waits and offers it to
 * each recipient as one buffer: no fiber wakes per recipient, and a crowd of messages costs little more than one.
 */
export class Hub extends Context.Service<
  Hub,
  {
    readonly audiences: Audiences
    /**
     * Admits a message of so many bytes before it is published: gives a pause while the hub is full, and for a speaker
     * who says more than its readers keep up with; that fails with the ending where this comes first. The program itself
     * has no speaker.
     */
    readonly admit: (
      speaker: Connection | undefined,
      bytes: number
    ) => Effect.Effect<void, Ending> | undefined
    /** Done once the hub is not full: for what needs no admission, and could come without end. */
    readonly untilNotFull: Effect.Effect<void>
    /** Admitted bytes are not published after all. */
    readonly release: (bytes: number) => void
    /** Sends to all of an audience but the sender, in its turn; so many of its bytes were admitted. Never waits. */
    readonly publish: (broadcast: Broadcast, admittedBytes?: number) => void
    /** Does work at once, and delivers what it publishes together. */
    readonly together: (work: () => void) => void
    /** Does the work once everything published before has been offered: now, if that is so. A bug in it is logged. */
    readonly turn: (work: Work) => void
    /** The same; done when the work is. */
    readonly inTurn: (work: Work) => Effect.Effect<void>
    readonly counters: Readonly<HubCounters>
    /** The number of broadcasts and turns that are not yet offered to everyone or done. */
    readonly depth: () => number
    readonly deliveryLatency: DeliveryLatency
  }
>()("palabre/Hub") {
  static readonly layer = Layer.effect(
    Hub,
    Effect.suspend(() => makeHub)
  )
}

const makeHub = Effect.gen(function* () {
  const { hubItemsMax } = yield* Settings
  const audiences = new Audiences()
  const { counters, deliverAll } = yield* makeDelivery(audiences)
  const waiting = new Waiting()
  let underway = 0 // published, and not yet offered to everyone or done
  const isFull = () => underway >= hubItemsMax
  const flow = yield* makeFlowControl(isFull)
  const deliveryLatency = new DeliveryLatency()

  const put = (item: Broadcast | Turn): void => {
    underway++
    deliveryLatency.published()
    waiting.put(item)
  }

  const publish = (broadcast: Broadcast, admittedBytes = 0): void => {
    flow.entered(broadcast.bytes.length - admittedBytes)
    put(broadcast)
  }

  const publishAll = (next: ReturnType<Work>): void => {
    for (const broadcast of listed(next)) publish(broadcast)
  }

  const turn = (work: Work): void => {
    if (underway > 0) return put({ work, done: undefined })
    try {
      publishAll(work())
    } catch (defect) {
      put({ work: () => fail(defect), done: undefined })
    }
  }

  const inTurn = (work: Work): Effect.Effect<void> =>
    Effect.suspend(() => {
      if (underway === 0) {
        publishAll(work())
        return Effect.void
      }
      const done = Deferred.makeUnsafe<void>()
      put({ work, done })
      return Deferred.await(done)
    })

  const deliverer = Effect.gen(function* () {
    while (true) {
      const taken = yield* waiting.takeAll
      deliveryLatency.taken()
      yield* deliverAll(taken)
      underway -= taken.length
      flow.delivered(taken)
      deliveryLatency.delivered()
      yield* nextTurn // so that more can gather
    }
  })
  yield* Effect.forkScoped(deliverer)
  return Hub.of({
    audiences,
    admit: flow.admit,
    untilNotFull: flow.untilNotFull,
    release: flow.released,
    publish,
    together: (work) => waiting.together(work),
    turn,
    inTurn,
    counters,
    depth: () => underway,
    deliveryLatency
  })
})

const fail = (defect: unknown): never => {
  throw defect
}
