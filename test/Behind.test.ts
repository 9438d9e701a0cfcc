import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { burstOf, mayPass, shareAfterRefusal } from "../src/hub/Pacing.ts"
import type { Outbox } from "../src/net/Behind.ts"
import { Outboxes } from "../src/net/Outboxes.ts"
import { TokenBucket } from "../src/net/TokenBucket.ts"
import { defaults } from "../src/settings/Settings.ts"

const KiB = 1_024
const settings = { ...defaults(), roomRate: 512 * KiB }
const { outboxBytesMax, readerReserveBytes } = settings

/** A room with one reader, at times of which each is later than the one before. */
class Room implements Outbox {
  readonly ends = { localPort: 0, peer: { host: "192.0.2.1", port: 1 } }
  readonly keptBytes = 0
  takenBytes = 0
  isLost = false
  private offeredBytes = 0
  private readonly outboxes = new Outboxes(
    settings,
    () => [],
    () => new Promise(() => {}) // the system tells nothing more
  )

  get waitingBytes(): number {
    return this.offeredBytes - this.takenBytes
  }

  get bytesOut(): number {
    return this.takenBytes
  }

  noteWaiting(): void {}

  cutOff(): void {
    this.isLost = true
  }

  /** Says so much if that may pass now. */
  say(share: TokenBucket, bytes: number, atMillis: number): boolean {
    const crowding = { behindBytes: this.outboxes.mostBehindBytes(atMillis), underwayBytes: 0, roomUsed: 0 }
    const claim = { bytes, shareBytes: share.level(atMillis), hasWaited: false }
    const passes = mayPass(crowding, claim, settings)
    share.spend(atMillis, passes ? bytes : claim.shareBytes - shareAfterRefusal(crowding, claim, settings))
    if (passes) this.offer(bytes, atMillis)
    return passes
  }

  private offer(bytes: number, atMillis: number): void {
    const wasBehind = this.waitingBytes > outboxBytesMax / 2
    this.outboxes.saidBytes += bytes
    if (this.waitingBytes + bytes > outboxBytesMax && !this.outboxes.mayOverflow(this, bytes, atMillis))
      this.isLost = true
    this.offeredBytes += bytes
    if (!wasBehind && this.waitingBytes > outboxBytesMax / 2) this.outboxes.turned(this, true)
    this.outboxes.changed()
  }

  /** The reader is seen to have taken so much altogether, of what it was offered. */
  take(bytes: number): void {
    const wasBehind = this.waitingBytes > outboxBytesMax / 2
    this.takenBytes = Math.min(this.offeredBytes, bytes)
    if (wasBehind && this.waitingBytes <= outboxBytesMax / 2) this.outboxes.turned(this, false)
    this.outboxes.changed()
  }
}

const bucket = () =>
  new TokenBucket({ burst: burstOf(settings), perMillis: settings.speakerShare / 1_000 }, 0)

const stepMillis = 100

/** What is said in a room, and what its reader is seen to have taken by when. */
interface Played {
  readonly millis: number
  readonly bytesPerSecond?: number
  readonly takenBytesAt: (atMillis: number) => number
}

/** Plays a flood beside somebody who says little; gives the most that waited for the reader, and when it ended. */
const play = (room: Room, { bytesPerSecond = settings.roomRate, millis, takenBytesAt }: Played) => {
  const quiet = bucket()
  const flooders = Array.from({ length: 20 }, bucket)
  let mostBytes = 0
  let turn = 0
  let atMillis = 0
  for (; atMillis < millis && !room.isLost; atMillis += stepMillis) {
    room.take(takenBytesAt(atMillis))
    if (atMillis % 1_000 === 0) assert.isTrue(room.say(quiet, 4 * KiB, atMillis), `at ${atMillis} ms`)
    for (let left = (bytesPerSecond * stepMillis) / 1_000; left > 0; left -= 60_000)
      room.say(flooders[turn++ % flooders.length]!, Math.min(left, 60_000), atMillis)
    if (!room.isLost) mostBytes = Math.max(mostBytes, room.waitingBytes)
  }
  return { atMillis, mostBytes }
}

describe("A reader of which nothing shows for long", () => {
  it("MSG-10: keeps its place while a room says what it may, and holds up nobody who says little", () => {
    const gaps = fc.array(fc.integer({ min: stepMillis, max: 6_000 }), { minLength: 60, maxLength: 60 })
    fc.assert(
      fc.property(gaps, (gapsMillis) => {
        const room = new Room()
        const steps = gapsMillis.map((_, i) => gapsMillis.slice(0, i + 1).reduce((a, b) => a + b))
        const { mostBytes } = play(room, {
          millis: steps.at(-1)!,
          takenBytesAt: (atMillis) =>
            ((steps.findLast((step) => step <= atMillis) ?? 0) / 1_000) * settings.readerRate
        })
        assert.isFalse(room.isLost)
        assert.isAtMost(mostBytes, outboxBytesMax + readerReserveBytes)
      }),
      { numRuns: 50 }
    )
  })

  it("MSG-10: makes up for what it missed while the flood goes on", () => {
    const room = new Room()
    const { mostBytes } = play(room, {
      millis: 60_000,
      takenBytesAt: (atMillis) => (Math.max(0, atMillis - 6_000) / 1_000) * 256 * KiB
    })
    assert.isAbove(mostBytes, outboxBytesMax)
    assert.isFalse(room.isLost)
    assert.isAtMost(room.waitingBytes, (outboxBytesMax * 3) / 4)
  })

  it("MSG-10: is lost once it is late by --reader-lag, and has cost nobody time", () => {
    const room = new Room()
    const { atMillis } = play(room, { millis: 60_000, takenBytesAt: () => 0 })
    assert.isTrue(room.isLost)
    assert.isAtLeast(atMillis, settings.readerLagMillis)
    assert.isAtMost(atMillis, 1.25 * settings.readerLagMillis)
  })

  it("MSG-10: is lost once --reader-reserve was said, however fast", () => {
    const room = new Room()
    const { atMillis, mostBytes } = play(room, {
      bytesPerSecond: 100 * KiB * KiB,
      millis: 60_000,
      takenBytesAt: () => 0
    })
    assert.isTrue(room.isLost)
    assert.isAtMost(atMillis, settings.stallMillis + 1_000)
    assert.isAtMost(mostBytes, outboxBytesMax + readerReserveBytes)
    assert.isAbove(mostBytes, outboxBytesMax + readerReserveBytes / 2)
  })
})
