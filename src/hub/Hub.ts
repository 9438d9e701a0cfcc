import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PubSub from "effect/PubSub"
import { Audiences } from "./Audiences.ts"
import { Batch, type Broadcast } from "./Batch.ts"
import { DeliveryLatency } from "./DeliveryLatency.ts"
import { makeFlowControl } from "./FlowControl.ts"
import type { Ending } from "../net/Connection.ts"
import { Settings } from "../settings/Settings.ts"

/** Work that must take its turn among the broadcasts; the broadcast it returns comes next. */
export type Work = () => Broadcast | undefined

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
     * Sends to all of an audience but the sender. It waits while the hub is full, and pauses a sender who says more
     * than its readers keep up with; fails with the ending where that comes first.
     */
    readonly publish: (broadcast: Broadcast) => Effect.Effect<void, Ending>
    /** Does the work once everything published before has been offered; done when the work is. */
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

/** Counts of the deliverer's work since the start. */
export interface HubCounters {
  /** Batches made of the broadcasts that waited. */
  batches: number
  /** Broadcasts in those batches. */
  messages: number
  /** Offers of a batch to a recipient. */
  offers: number
  /** Broadcasts in those offers: one to ten recipients counts ten. */
  deliveries: number
  /** Times the deliverer was woken. */
  wakes: number
}

interface Turn {
  readonly work: Work
  readonly done: Deferred.Deferred<void>
}

const makeHub = Effect.gen(function* () {
  const { batchBytesMax, hubItemsMax, sliceRecipients } = yield* Settings
  const items = yield* PubSub.bounded<Broadcast | Turn>(hubItemsMax)
  const subscription = yield* PubSub.subscribe(items)
  const audiences = new Audiences()
  const counters: HubCounters = { batches: 0, messages: 0, offers: 0, deliveries: 0, wakes: 0 }
  const flow = yield* makeFlowControl
  let underway = 0 // published, and not yet offered to everyone
  const deliveryLatency = new DeliveryLatency()

  const put = (item: Broadcast | Turn): Effect.Effect<void> =>
    Effect.suspend(() => {
      underway++
      deliveryLatency.published()
      return PubSub.publishUnsafe(items, item) ? Effect.void : Effect.asVoid(PubSub.publish(items, item))
    })

  const publish = (broadcast: Broadcast): Effect.Effect<void, Ending> =>
    Effect.suspend(() => {
      const pause = flow.admit(broadcast)
      return pause === undefined ? put(broadcast) : Effect.andThen(pause, put(broadcast))
    })

  const inTurn = (work: Work): Effect.Effect<void> =>
    Effect.suspend(() => {
      if (underway === 0) {
        const next = work()
        if (next === undefined) return Effect.void
        flow.entered(next)
        return put(next)
      }
      const done = Deferred.makeUnsafe<void>()
      return Effect.andThen(put({ work, done }), Deferred.await(done))
    })

  const deliverAll = Effect.fnUntraced(function* (taken: ReadonlyArray<Broadcast | Turn>) {
    let waiting: Array<Broadcast> = []
    let waitingBytes = 0
    const flush = Effect.suspend(() => {
      const broadcasts = waiting
      waiting = []
      waitingBytes = 0
      return Arr.isArrayNonEmpty(broadcasts)
        ? deliver(new Batch(broadcasts), audiences, counters, sliceRecipients)
        : Effect.void
    }).pipe(Effect.catchDefect(abandoned))
    for (const item of taken) {
      const isTurn = "work" in item
      if (isTurn || waiting[0]?.to !== item.to || waitingBytes >= batchBytesMax) yield* flush
      const broadcast = isTurn ? takeTurn(item) : item
      if (broadcast === undefined) continue
      waiting.push(broadcast)
      waitingBytes += broadcast.bytes.length
    }
    yield* flush
  })

  const deliverer = Effect.gen(function* () {
    while (true) {
      const taken = yield* PubSub.takeBetween(subscription, 1, hubItemsMax)
      counters.wakes++
      deliveryLatency.taken(underway - taken.length)
      yield* deliverAll(taken)
      underway -= taken.length
      flow.delivered(taken)
      deliveryLatency.delivered()
      yield* nextTurn // so that more can gather
    }
  })
  yield* Effect.forkScoped(deliverer)
  return Hub.of({ audiences, publish, inTurn, counters, depth: () => underway, deliveryLatency })
})

/** Offers a batch to its audience, with a turn of the event loop after each slice; up to two slices go at once. */
const deliver = Effect.fnUntraced(function* (
  batch: Batch,
  audiences: Audiences,
  counters: HubCounters,
  sliceRecipients: number
) {
  counters.batches++
  counters.messages += batch.messages
  const recipients = audiences.of(batch.to)
  let left = recipients.size > 2 * sliceRecipients ? sliceRecipients : Number.POSITIVE_INFINITY
  for (const recipient of recipients) {
    if (left-- === 0) {
      yield* nextTurn
      left = sliceRecipients - 1
    }
    counters.deliveries += batch.offerTo(recipient)
    counters.offers++
  }
})

/** Does the work of a turn; a bug in it fails the fiber that waits for it. */
const takeTurn = ({ done, work }: Turn): Broadcast | undefined => {
  try {
    const next = work()
    Deferred.doneUnsafe(done, Effect.void)
    return next
  } catch (defect) {
    Deferred.doneUnsafe(done, Effect.die(defect))
    return undefined
  }
}

/** A bug costs only the batch that it happens in. */
const abandoned = (defect: unknown): Effect.Effect<void> =>
  Effect.logError("a delivery was abandoned because of a bug", Cause.die(defect))

/** Lets everything else that waits take its turn of the event loop. */
export const nextTurn: Effect.Effect<void> = Effect.callback<void>((resume) => {
  setImmediate(() => resume(Effect.void))
})
