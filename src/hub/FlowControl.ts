import * as Effect from "effect/Effect"
import type { Broadcast } from "./Broadcast.ts"
import { nextTurn } from "./Delivery.ts"
import type { Connection } from "../net/Connection.ts"
import type { Ending } from "../net/Ending.ts"
import { Connections } from "../net/Connections.ts"
import { Pauses } from "../net/Pauses.ts"
import { TokenBucket } from "../net/TokenBucket.ts"
import { Settings } from "../settings/Settings.ts"
import { burstOf, mayPass, shareAfterRefusal } from "./Pacing.ts"

/** Admits messages to the hub, by their bytes: as many as all live readers have room for. */
interface FlowControl {
  /**
   * Admits so many bytes of a speaker now, or gives a pause for it, until they are admitted; that fails with the ending
   * where this comes first. They count until they are delivered or released. The program itself has no speaker, and
   * waits only while the hub is full.
   */
  readonly admit: (speaker: Connection | undefined, bytes: number) => Effect.Effect<void, Ending> | undefined
  /** Done once the hub is not full. */
  readonly untilNotFull: Effect.Effect<void>
  /** Counts bytes that need no admission. */
  readonly entered: (bytes: number) => void
  /** Admitted bytes are not published after all. */
  readonly released: (bytes: number) => void
  /** These have been offered to everyone; what is not a broadcast does not count. */
  readonly delivered: (items: ReadonlyArray<Broadcast | object>) => void
}

/** Keeps the state that `Pacing` decides by. While nobody is behind, that is a sum. Admits nothing while the hub is full. */
export const makeFlowControl = Effect.fnUntraced(function* (isFull: () => boolean) {
  const settings = yield* Settings
  const { outboxes, readMillis } = yield* Connections
  const pauses = yield* Pauses
  const { roomRate, speakerShare, stallMillis } = settings
  const share = { burst: burstOf(settings), perMillis: speakerShare / SECOND_MILLIS }
  const room =
    roomRate === undefined
      ? undefined
      : new TokenBucket(
          { burst: (roomRate * stallMillis) / SECOND_MILLIS, perMillis: roomRate / SECOND_MILLIS },
          readMillis()
        )
  let underwayBytes = 0

  const admits = (speaker: Connection, bytes: number, heldMillis: number): boolean => {
    if (isFull()) return false
    const nowMillis = readMillis()
    const crowding = {
      behindBytes: outboxes.mostBehindBytes(nowMillis),
      underwayBytes,
      roomUsed: room === undefined ? 0 : 1 - room.level(nowMillis) / room.rule.burst
    }
    speaker.share ??= new TokenBucket(share, nowMillis)
    const claim = { bytes, shareBytes: speaker.share.level(nowMillis), hasWaited: heldMillis >= stallMillis }
    if (!mayPass(crowding, claim, settings)) {
      speaker.share.spend(nowMillis, claim.shareBytes - shareAfterRefusal(crowding, claim, settings))
      return false
    }
    speaker.share.spend(nowMillis, bytes)
    room?.spend(nowMillis, bytes, Number.NEGATIVE_INFINITY)
    entered(bytes)
    return true
  }

  const entered = (bytes: number): void => {
    underwayBytes += bytes
    outboxes.saidBytes += bytes
  }

  const untilNotFull: Effect.Effect<void> = Effect.suspend(() =>
    isFull() ? Effect.andThen(nextTurn, untilNotFull) : Effect.void
  )

  return {
    admit: (speaker, bytes) => {
      if (speaker === undefined)
        return Effect.andThen(
          untilNotFull,
          Effect.sync(() => entered(bytes))
        )
      if (admits(speaker, bytes, 0)) return undefined
      return pauses.pause(speaker, (heldMillis) => admits(speaker, bytes, heldMillis))
    },
    untilNotFull,
    entered,
    released: (bytes) => {
      underwayBytes -= bytes
    },
    delivered: (items) => {
      for (const item of items) if ("bytes" in item) underwayBytes -= item.bytes.length
      outboxes.changed()
      pauses.review()
    }
  } satisfies FlowControl
})

const SECOND_MILLIS = 1_000
