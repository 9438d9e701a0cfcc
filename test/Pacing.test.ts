import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { burstOf, mayPass, type PacingRules, shareAfterRefusal } from "../src/hub/Pacing.ts"
import { begun, isLive, observed, type Progress, type ProgressRules } from "../src/net/Progress.ts"
import { TokenBucket } from "../src/net/TokenBucket.ts"

const KiB = 1_024
const rules: PacingRules & ProgressRules = {
  outboxBytesMax: 1_536 * KiB,
  speakerShare: 64 * KiB,
  stallMillis: 2_000,
  readerRate: 64 * KiB,
  readerLagMillis: 24_000
}
const half = rules.outboxBytesMax / 2
const threeQuarters = half * 1.5

const claim = fc.record({
  bytes: fc.integer({ min: 1, max: 90 * KiB }),
  shareBytes: fc.integer({ min: 0, max: burstOf(rules) }),
  hasWaited: fc.boolean()
})

const bucket = () => new TokenBucket({ burst: burstOf(rules), perMillis: rules.speakerShare / 1_000 }, 0)

const look = (progress: Progress, takenBytes: number, nowMillis: number) =>
  observed(progress, takenBytes, nowMillis, rules)

const reads = (progress: Progress, nowMillis: number) => isLive(progress, nowMillis, rules)

describe("Pacing: admission", () => {
  it("MSG-10: what is admitted finds room in the outbox of every live reader, and leaves a quarter of it", () => {
    const crowding = fc.record({
      behindBytes: fc.option(fc.integer({ min: half + 1, max: 2 * half }), { nil: undefined }),
      underwayBytes: fc.nat(half),
      roomUsed: fc.double({ min: 0, max: 2, noNaN: true })
    })
    fc.assert(
      fc.property(crowding, claim, (room, message) => {
        if (!mayPass(room, message, rules)) return
        assert.isAtMost((room.behindBytes ?? half) + room.underwayBytes + message.bytes, threeQuarters)
        assert.isAtMost(room.roomUsed, 1)
      })
    )
  })

  it("a calm room admits everything that is next in line, whatever was said before", () => {
    const calm = { behindBytes: undefined, underwayBytes: 0, roomUsed: 0 }
    fc.assert(fc.property(claim, (message) => assert.isTrue(mayPass(calm, message, rules))))
    const endless = { bytes: 2 ** 28, shareBytes: 0, hasWaited: false }
    assert.isTrue(mayPass(calm, endless, rules))
    assert.isTrue(
      mayPass({ ...calm, behindBytes: half + 1 }, { ...endless, hasWaited: true }, { ...rules }) === false
    )
  })

  it("however many speakers flood beside a frozen reader, none is held back who says little, until it is found out", () => {
    const flood = fc.record({
      speakers: fc.integer({ min: 1, max: 300 }),
      bytes: fc.integer({ min: 50, max: 65 * KiB })
    })
    fc.assert(
      fc.property(flood, ({ bytes, speakers }) => {
        const flooders = Array.from({ length: speakers }, bucket)
        const quiet = bucket()
        for (const each of flooders) each.spend(0, Infinity)
        let behindBytes = half + half / 8
        const say = (share: TokenBucket, size: number, atMillis: number): boolean => {
          const room = { behindBytes, underwayBytes: 0, roomUsed: 0 }
          const shareBytes = share.level(atMillis)
          const message = { bytes: size, shareBytes, hasWaited: false }
          if (!mayPass(room, message, rules)) {
            share.spend(atMillis, shareBytes - shareAfterRefusal(room, message, rules))
            return false
          }
          share.spend(atMillis, size)
          behindBytes += size
          return true
        }
        for (let atMillis = 0; atMillis < rules.stallMillis; atMillis += 50) {
          for (const each of flooders) while (say(each, bytes, atMillis));
          if (atMillis % 200 === 0) assert.isTrue(say(quiet, 4_096, atMillis), `at ${atMillis} ms`)
        }
      }),
      { numRuns: 50 }
    )
  })
})

/** Says so much, is refused for ten seconds while there is no room, and tells if it may speak when there is some. */
const passesLater = (saidBytes: number): boolean => {
  const full = { behindBytes: threeQuarters, underwayBytes: 0, roomUsed: 0 }
  const share = bucket()
  share.spend(0, saidBytes)
  for (let atMillis = 0; atMillis <= 10_000; atMillis += 100) {
    const message = { bytes: 100, shareBytes: share.level(atMillis), hasWaited: false }
    assert.isFalse(mayPass(full, message, rules))
    share.spend(atMillis, message.shareBytes - shareAfterRefusal(full, message, rules))
  }
  const message = { bytes: 100, shareBytes: share.level(10_000), hasWaited: false }
  return mayPass({ ...full, behindBytes: half + half / 3 }, message, rules)
}

describe("Pacing: those who are held back", () => {
  it("MSG-10: one who says little goes first, also after it had to wait", () => {
    assert.isTrue(passesLater(1_000))
    assert.isFalse(passesLater(64 * KiB))
  })
})

describe("Pacing: readers", () => {
  it("one whose progress shows in steps stays live as long as it reads fast enough on average", () => {
    const reading = fc.record({
      bytesPerSecond: fc.integer({ min: rules.readerRate, max: 2 ** 26 }),
      stepBytes: fc.integer({ min: 64 * KiB, max: (rules.readerLagMillis / 1_000) * rules.readerRate }),
      steps: fc.integer({ min: 2, max: 10 })
    })
    fc.assert(
      fc.property(reading, ({ bytesPerSecond, stepBytes, steps }) => {
        const gapMillis = (stepBytes / bytesPerSecond) * 1_000
        let progress = look(begun(0, 0), stepBytes, gapMillis)
        for (let step = 2; step <= steps; step++) {
          assert.isTrue(reads(progress, step * gapMillis - 1e-3))
          progress = look(progress, step * stepBytes, step * gapMillis)
        }
      })
    )
  })

  it("one that freezes is found out after the stall, however much it took before", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 30 }),
        fc.integer({ min: 1, max: 1_000 }),
        (taken, gapMillis) => {
          const progress = look(begun(0, 0), taken, gapMillis)
          assert.isTrue(reads(progress, gapMillis + rules.stallMillis))
          assert.isFalse(reads(progress, gapMillis + rules.stallMillis + 1))
        }
      )
    )
    assert.isFalse(reads(begun(5, 0), rules.stallMillis + 1), "and where it took nothing")
  })

  it("one that takes a little now and then is not live for long, until it has made up for that", () => {
    let progress = begun(0, 0)
    let atMillis = 0
    while (reads(progress, atMillis)) {
      atMillis += 1_000
      assert.isAtMost(atMillis, 3 * rules.readerLagMillis)
      progress = look(progress, progress.takenBytes + rules.readerRate / 2, atMillis)
    }
    progress = look(progress, progress.takenBytes + 3 * rules.readerRate, atMillis + 1_000)
    assert.isTrue(reads(progress, atMillis + 1_000))
  })
})
