import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as fc from "fast-check"
import {
  growthMaxOf,
  peakGrowthMax,
  tlsSeatBytesMax,
  turnMillisMax,
  withinBounds
} from "../../attack/Bounds.ts"
import { type ServerFigures, moreBytes, moreThings, table } from "../../attack/ServerFigures.ts"
import { episode } from "../../attack/Episode.ts"
import { DeliveryCheck, markOf } from "../../attack/DeliveryCheck.ts"
import { mutation, noise } from "../../attack/Mutation.ts"
import { MessageOrder } from "../../attack/MessageOrder.ts"
import { Presence } from "../../attack/Presence.ts"
import { draw } from "../../attack/Seed.ts"
import { placeOf, Speaker } from "../../attack/Speaker.ts"
import { heavy } from "../../attack/Traffic.ts"

/** A client that is logged in, and the contents of its messages. */
const speaking = (...texts: ReadonlyArray<string>) => {
  const speaker = new Speaker("ann")
  speaker.move("in")
  const delivery = new DeliveryCheck(speaker)
  const contents = texts.map((text) => speaker.say(text))
  for (const _ of texts) speaker.ack()
  return { speaker, delivery, contents }
}

describe("the check of deliveries", () => {
  it("accepts each message once and in order", () => {
    const { contents, delivery, speaker } = speaking("a", "b", "c")
    assert.deepStrictEqual(
      contents.map((content) => delivery.hear(content)),
      [undefined, undefined, undefined]
    )
    assert.isUndefined(delivery.missing(markOf(speaker)))
  })

  it("misses one that was lost, notices one that comes twice, out of order, changed or out of nowhere", () => {
    const { contents, delivery, speaker } = speaking("a", "b", "c")
    const [a, b, c] = contents as [string, string, string]
    assert.isUndefined(delivery.hear(a))
    assert.strictEqual(delivery.hear(a), "message 1 of ann")
    assert.strictEqual(delivery.hear(c), "message 1 of ann")
    assert.strictEqual(delivery.hear(b.replace(/b$/, "B")), "a message that ann sent")
    assert.isUndefined(delivery.hear(b))
    assert.strictEqual(delivery.missing(markOf(speaker)), "message 2 of ann")
    assert.isUndefined(delivery.hear(c))
    assert.strictEqual(delivery.hear("0 3 0 "), "a message that ann sent")
  })

  it("may miss what was never acked before the speaker was cut off, and nothing else", () => {
    const { contents, delivery, speaker } = speaking("a", "b")
    speaker.say("c")
    speaker.move("unknown")
    speaker.move("in")
    const back = speaker.say("d")
    assert.isUndefined(delivery.hear(contents[0]!))
    assert.strictEqual(delivery.hear(back), "message 1 of ann")
    assert.isUndefined(delivery.hear(contents[1]!))
    assert.isUndefined(delivery.hear(back))
  })
})

const heard = (key: number, from = "ann") => ({ from, key })

describe("the order of all", () => {
  it("is that of the witness, whoever receives it first", () => {
    const order = new MessageOrder()
    const bob = order.join("bob")
    for (const key of [1, 2]) assert.isUndefined(order.witness(heard(key)))
    for (const key of [1, 2, 3]) assert.isUndefined(order.follow(bob, heard(key), true))
    assert.deepStrictEqual(order.unmatched, ["bob"])
    assert.isUndefined(order.witness(heard(3)))
    assert.deepStrictEqual(order.unmatched, [])
  })

  it("leaves out what the follower said itself, and nothing else", () => {
    const order = new MessageOrder()
    const bob = order.join("bob")
    for (const said of [heard(1), heard(2, "bob"), heard(3), heard(4)]) order.witness(said)
    assert.isUndefined(order.follow(bob, heard(1), true))
    assert.isUndefined(order.follow(bob, heard(3), true))
    assert.match(order.follow(bob, heard(5, "cid"), true)!, /^bob received a message of cid where .* ann$/)
  })
})

describe("presence", () => {
  it("must tell of each login and leave once, in turn", () => {
    const presence = new Presence()
    assert.isUndefined(presence.list(["me", "ann"], "me"))
    assert.isUndefined(presence.event("joined", "bob"))
    assert.strictEqual(presence.event("joined", "bob"), "bob left")
    assert.isUndefined(presence.event("left", "ann"))
    assert.strictEqual(presence.event("left", "ann"), "ann joined")
    assert.strictEqual(presence.list(["me"], "me"), "bob")
  })
})

const start: ServerFigures = {
  names: 0,
  connections: 0,
  sockets: 2,
  fibers: 4,
  listeners: 20,
  timers: 3,
  handles: 6,
  openFiles: 25,
  heapBytes: 20_000_000,
  bufferBytes: 6_000_000,
  residentBytes: 100_000_000,
  turnMillis: 0
}

describe("the figures of a server", () => {
  it("tells a single thing more, timers that keep nothing alive included, and no thing less", () => {
    assert.deepStrictEqual(moreThings(start, { ...start, timers: 4 }), ["timers"])
    assert.deepStrictEqual(moreThings(start, { ...start, fibers: 5, sockets: 1 }), ["fibers"])
    assert.match(table(start, { ...start, timers: 4 }), /^timers +3 +4 +\+1 +✗$/m)
  })

  it("forgives bytes a part of what there was", () => {
    assert.deepStrictEqual(moreBytes(start, { ...start, heapBytes: 20_900_000 }), [])
    assert.deepStrictEqual(moreBytes(start, { ...start, heapBytes: 21_100_000 }), ["heapBytes"])
  })
})

const isWithin = (end: Partial<ServerFigures>, growth: number | undefined, growthMax = peakGrowthMax) => {
  const peakBytes = growth && start.residentBytes + growth
  return Exit.isSuccess(Effect.runSyncExit(withinBounds(start, { ...start, ...end }, peakBytes, growthMax)))
}

describe("bounds", () => {
  it("hold the peak of the memory, where it is known, and the longest turn", () => {
    assert.isTrue(isWithin({ turnMillis: turnMillisMax }, peakGrowthMax))
    assert.isTrue(isWithin({}, undefined))
    assert.isFalse(isWithin({}, peakGrowthMax + 1))
    assert.isFalse(isWithin({ turnMillis: turnMillisMax + 1 }, 0))
  })

  it("grant a server that speaks TLS what its seats take", () => {
    assert.strictEqual(growthMaxOf(100, false), peakGrowthMax)
    const growthMax = growthMaxOf(100, true)
    assert.strictEqual(growthMax, peakGrowthMax + 100 * tlsSeatBytesMax)
    assert.isTrue(isWithin({}, growthMax, growthMax))
    assert.isFalse(isWithin({}, growthMax + 1, growthMax))
  })
})

const options = { names: ["hostile"], freezeMillis: 10, crowdMax: 3, isOurs: true, isTls: true, hasWeb: true }

const kinds = (isOurs: boolean, isTls: boolean, crowdMax: number) => {
  const hasWeb = isOurs
  const episodes = fc.sample(episode({ ...options, crowdMax, hasWeb, isOurs, isTls }), {
    seed: 1,
    numRuns: 400
  })
  return [...new Set(episodes.map(({ kind }) => kind))].toSorted()
}

describe("what is drawn", () => {
  it("is the same for the same seed, client and place, and for no other", () => {
    const episodes = episode(options)
    const text = (seed: number, who: string, n: number) => JSON.stringify(draw(episodes, seed, who, n))
    assert.strictEqual(text(7, "hostile-1", 3), text(7, "hostile-1", 3))
    assert.notStrictEqual(text(7, "hostile-1", 3), text(8, "hostile-1", 3))
    assert.notStrictEqual(text(7, "hostile-1", 3), text(7, "hostile-2", 3))
  })

  it("has every kind of episode, and asks only our own server and a TLS port for what they alone have", () => {
    assert.deepStrictEqual(kinds(false, false, 0), ["alone", "burden", "storm"])
    assert.deepStrictEqual(kinds(true, true, 3), [
      "alone",
      "burden",
      "crowd",
      "endless",
      "handshake-stall",
      "rude-web",
      "slow-reader",
      "steady-reader",
      "storm"
    ])
  })

  it("breaks bytes in ways that leave most of them, and never touches the ones it was given", () => {
    const given = Buffer.from('{"type":"message","content":"x"}\n')
    const before = given.toString()
    const broken = fc.sample(mutation, { seed: 1, numRuns: 200 }).map((mutate) => mutate(given).toString())
    assert.strictEqual(given.toString(), before)
    assert.isAbove(new Set(broken).size, 100)
    assert.isTrue(broken.some((bytes) => bytes.includes('"type":"message"') && bytes !== before))
    assert.isTrue(fc.sample(noise, { seed: 1, numRuns: 200 }).some((bytes) => bytes.length > 60_000))
  })

  it("has texts that take a request's whole length to normalize", () => {
    for (const text of fc.sample(heavy, { seed: 1, numRuns: 10 }))
      assert.approximately(Buffer.byteLength(text), 60_000, 20)
  })

  it("tells a content that was changed on its way", () => {
    const { contents } = speaking("é")
    assert.deepStrictEqual(placeOf(contents[0]!), { life: 0, place: 0 })
    assert.isUndefined(placeOf(contents[0]!.normalize("NFD")))
  })
})
