import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { Audiences } from "./Audiences.ts"
import { Batch } from "./Batch.ts"
import type { Broadcast } from "./Broadcast.ts"
import { type Gathered, Gathering } from "./Gathering.ts"
import { Settings } from "../settings/Settings.ts"

/** Work that must take its turn among the broadcasts; those that it returns come next. */
export type Work = () => Broadcast | ReadonlyArray<Broadcast> | undefined | void

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

/** Work that waits for its turn. */
export interface Turn {
  readonly work: Work
  /** Whoever waits for it. */
  readonly done: Deferred.Deferred<void> | undefined
}

/** Takes all that waits, in order, and offers what is said in a room between two turns to each recipient as one buffer. */
export const makeDelivery = Effect.fnUntraced(function* (audiences: Audiences) {
  const { batchBytesMax, sliceRecipients } = yield* Settings
  const counters: HubCounters = { batches: 0, messages: 0, offers: 0, deliveries: 0, wakes: 0 }
  const gathering = new Gathering(batchBytesMax)
  const deliverEach = Effect.forEach(
    (gathered: Gathered) =>
      Effect.suspend(() => deliver(new Batch(gathered), audiences, counters, sliceRecipients)).pipe(
        Effect.catchDefect(abandoned)
      ),
    { discard: true }
  )
  const deliverAll = Effect.fnUntraced(function* (taken: ReadonlyArray<Broadcast | Turn>) {
    counters.wakes++
    for (const item of taken) {
      if ("work" in item) yield* deliverEach(gathering.takeAll())
      for (const broadcast of "work" in item ? yield* takeTurn(item) : [item]) {
        const due = gathering.add(broadcast)
        if (due.length > 0) yield* deliverEach(due)
      }
    }
    yield* deliverEach(gathering.takeAll())
  })
  return { counters, deliverAll }
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
  const recipients = audiences.of(batch.room.key, batch.to)
  let left = recipients.size > 2 * sliceRecipients ? sliceRecipients : Number.POSITIVE_INFINITY
  for (const [connection, follower] of recipients) {
    if (left-- === 0) {
      yield* nextTurn
      left = sliceRecipients - 1
    }
    counters.deliveries += follower === undefined ? batch.offerTo(connection) : batch.showTo(follower)
    counters.offers++
  }
})

/** Does the work of a turn, and gives what comes next; a bug in it fails the fiber that waits for it, or is logged. */
const takeTurn = ({ done, work }: Turn): Effect.Effect<ReadonlyArray<Broadcast>> =>
  Effect.suspend(() => {
    try {
      const next = listed(work())
      if (done !== undefined) Deferred.doneUnsafe(done, Effect.void)
      return Effect.succeed(next)
    } catch (defect) {
      if (done === undefined) return Effect.as(abandoned(defect), [])
      Deferred.doneUnsafe(done, Effect.die(defect))
      return Effect.succeed([])
    }
  })

/** The broadcasts that work has returned. */
export const listed = (next: ReturnType<Work>): ReadonlyArray<Broadcast> =>
  next === undefined ? [] : "bytes" in next ? [next] : next

/** A bug costs only the batch that it happens in. */
const abandoned = (defect: unknown): Effect.Effect<void> =>
  Effect.logError("a delivery was abandoned because of a bug", Cause.die(defect))

/** Lets everything else that waits take its turn of the event loop. */
export const nextTurn: Effect.Effect<void> = Effect.callback<void>((resume) => {
  setImmediate(() => resume(Effect.void))
})
