import { assert, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { Ending } from "../src/net/Ending.ts"
import { inHouse, numbers, room, settings, words } from "./support/followers.ts"

/** Three rounds of six messages, of which one is one's own, and then an event. */
const toldInRounds = (own: number) =>
  [0, 6, 12].flatMap((before) =>
    numbers(before + 1, before + 6)
      .map((what) => (Number(what) === before + own ? `ack ${what}` : what))
      .concat(`joined ${before + 6}`)
  )

inHouse(
  "HIST-1, MSG-10: 200 messages of 64 KiB come whole to a slow reader, while more is said, and nobody is cut off",
  ({ connect, join, offered, outboxes, publish }) =>
    Effect.gen(function* () {
      const lobby = room("lobby")
      for (let i = 0; i < 200; i++) lobby.say(64_000)
      const [slow, fast] = [connect(), connect()]
      fast.client.isReading = true
      join(fast, lobby)
      join(slow, lobby, 0)
      for (let i = 0; i < 50; i++) {
        publish(lobby, lobby.say(64_000))
        yield* offered
        slow.client.take()
      }
      assert.strictEqual(outboxes.countBehind(), 0)
      slow.client.takeAll()
      assert.deepStrictEqual(slow.client.story, numbers(1, 250))
      assert.deepStrictEqual(fast.client.story, numbers(201, 250))
      assert.isUndefined(slow.connection.ending)
      assert.isAtMost(slow.client.mostWaitingBytes, 2 * 66_000)
      assert.strictEqual(outboxes.keptBytes, 0)
    })
)

inHouse("a follower that reads is offered the buffer of all others, not one of its own", (house) =>
  Effect.gen(function* () {
    const { connect, join, offered, publish } = house
    const lobby = room("lobby")
    const guests = [connect(), connect()]
    const buffers = new Set<ArrayBufferLike>()
    for (const guest of guests) {
      const { client } = guest
      const write = client.write.bind(client)
      client.isReading = true
      client.write = (bytes, ownBytes) => {
        buffers.add(bytes.buffer)
        return write(bytes, ownBytes)
      }
      join(guest, lobby)
    }
    publish(lobby, lobby.say(60_000))
    publish(lobby, lobby.say(60_000))
    yield* offered
    for (const { client } of guests) assert.deepStrictEqual(client.story, ["1", "2"])
    assert.strictEqual(buffers.size, 1)
  })
)

inHouse("HIST-3: what is not kept any more by the time it is shown is a gap, to the number", (house) =>
  Effect.gen(function* () {
    const { connect, join, offered, publish } = house
    const lobby = room("lobby", 10)
    const guest = connect()
    join(guest, lobby)
    for (let i = 0; i < 40; i++) publish(lobby, lobby.say(64_000))
    yield* offered
    guest.client.takeAll()
    const story = guest.client.story
    const gap = story.findIndex((what) => what.includes("-"))
    const first = Number(story[gap]!.split("-")[0])
    assert.deepStrictEqual(story, [...numbers(1, first - 1), `${first}-30`, ...numbers(31, 40)])
    publish(lobby, lobby.say())
    yield* offered
    assert.strictEqual(guest.client.story.at(-1), "41")
  })
)

inHouse("a number in the middle that was forgotten is a gap of its own", ({ connect, join }) =>
  Effect.sync(() => {
    const lab = room("lab")
    const said = Array.from({ length: 5 }, () => lab.say())
    lab.ring.remove(said[2]!)
    const guest = connect()
    join(guest, lab, 0)
    assert.deepStrictEqual(guest.client.story, ["lab 1", "lab 2", "lab 3-3", "lab 4", "lab 5"])
  })
)

inHouse("SEQ-3: an ack and an event stand where their message stands, live and while catching up", (house) =>
  Effect.gen(function* () {
    const { connect, join, offered, publish, tell } = house
    const lobby = room("lobby")
    const [live, behind] = [connect("one"), connect("two")]
    live.client.isReading = true
    join(live, lobby)
    join(behind, lobby)
    const say = (guest?: typeof live) => publish(lobby, lobby.say(50_000, guest?.follower.session), guest)
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 4; i++) say()
      say(live)
      say(behind)
      tell(lobby, `joined ${lobby.ring.last}`)
    }
    yield* offered
    behind.client.takeAll()
    assert.deepStrictEqual(live.client.story, toldInRounds(5))
    assert.deepStrictEqual(behind.client.story, toldInRounds(6))
  })
)

inHouse("SEQ-3: a gap ends before an ack, whose message is known", ({ connect, join, offered, publish }) =>
  Effect.gen(function* () {
    const lobby = room("lobby", 5)
    const guest = connect("me")
    join(guest, lobby)
    guest.client.write(Buffer.alloc(settings.outboxBytesMax / 2))
    guest.client.text = ""
    for (let i = 0; i < 20; i++) {
      publish(lobby, lobby.say(1, i === 9 ? "me" : undefined), i === 9 ? guest : undefined)
      yield* offered
    }
    guest.client.takeAll()
    assert.deepStrictEqual(guest.client.story, ["1-9", "ack 10", "11-15", ...numbers(16, 20)])
  })
)

inHouse("ROOM-4: rooms, each in its own order, and what is said in one that was left is not shown", (house) =>
  Effect.gen(function* () {
    const { connect, hub, join, offered, publish } = house
    const [lobby, lab, attic] = [room("lobby"), room("lab"), room("attic")]
    const guest = connect()
    for (const place of [lobby, lab, attic]) join(guest, place)
    for (let i = 0; i < 30; i++) for (const place of [lobby, lab, attic]) publish(place, place.say(40_000))
    yield* offered
    const shown = guest.client.story.filter((what) => what.startsWith("attic")).length
    hub.audiences.leave("attic", guest.connection)
    guest.follower.unfollow("attic")
    publish(attic, attic.say())
    yield* offered
    guest.client.takeAll()
    const { story } = guest.client
    const named = (name: string) => story.filter((what) => what.startsWith(name))
    assert.deepStrictEqual(
      named("lab"),
      numbers(1, 30).map((n) => `lab ${n}`)
    )
    assert.deepStrictEqual(
      named("attic"),
      numbers(1, shown).map((n) => `attic ${n}`)
    )
    assert.deepStrictEqual(
      story.filter((what) => !what.includes(" ")),
      numbers(1, 30)
    )
    assert.deepStrictEqual(hub.audiences.of("attic", "members").size, 0)
  })
)

inHouse("SYNC-1: what is told waits for its place; an answer only for acks and answers before it", (house) =>
  Effect.gen(function* () {
    const { connect, join, offered, publish } = house
    const lobby = room("lobby")
    for (let i = 0; i < 5; i++) lobby.say(64_000)
    const guest = connect("me")
    join(guest, lobby, 0)
    const shown = guest.client.story.length
    guest.follower.answer([words("pong 1")])
    guest.follower.tell([words("list 5")])
    publish(lobby, lobby.say(64_000, "me"), guest)
    publish(lobby, lobby.say(64_000))
    yield* offered
    guest.follower.answer([words("pong 2")])
    guest.follower.tell([words("list 7")])
    guest.client.takeAll()
    assert.deepStrictEqual(guest.client.story, [
      ...numbers(1, shown),
      "pong 1",
      ...numbers(shown + 1, 5),
      "list 5",
      "ack 6",
      "pong 2",
      "7",
      "list 7"
    ])
  })
)

inHouse("RESUME-3: one's own session's messages are not shown again, unless they are asked for", (house) =>
  Effect.gen(function* () {
    const { connect, join, offered, publish } = house
    const lobby = room("lobby")
    for (const session of ["me", undefined, "me", "you"]) lobby.say(1, session)
    const [resumed, joined, old] = [connect("me"), connect("me"), connect("me")]
    join(resumed, lobby, 0, true)
    join(joined, lobby, 0)
    publish(lobby, lobby.say(1, "me"), old)
    publish(lobby, lobby.say())
    yield* offered
    assert.deepStrictEqual(resumed.client.story, ["2", "4", "6"])
    assert.deepStrictEqual(joined.client.story, ["1", "2", "3", "4", "6"])
  })
)

inHouse("events that wait are bounded by --max-outbox, and given back when the client is gone", (house) =>
  Effect.gen(function* () {
    const { connect, join, offered, outboxes, tell } = house
    const lobby = room("lobby")
    for (let i = 0; i < 5; i++) lobby.say(64_000)
    const guest = connect()
    join(guest, lobby, 0)
    for (let i = 0; i < 8; i++) {
      tell(lobby, "x".repeat(100_000))
      yield* offered
    }
    assert.isUndefined(guest.connection.ending)
    for (let i = 0; i < 8; i++) {
      tell(lobby, "x".repeat(100_000))
      yield* offered
    }
    assert.strictEqual(guest.connection.ending, "slow_consumer")
    guest.client.abort()
    assert.strictEqual(outboxes.keptBytes, 0)
  })
)

inHouse("a client that catches up is read from, until too many answers wait", ({ connect, join }) =>
  Effect.gen(function* () {
    const lobby = room("lobby")
    for (let i = 0; i < 5; i++) lobby.say(64_000)
    const guest = connect()
    join(guest, lobby, 0)
    assert.isTrue(guest.client.needsDrain)
    yield* guest.connection.writable()
    guest.follower.answer([Buffer.alloc(settings.readPauseBytes)])
    let isWritable = false
    yield* Effect.forkChild(
      Effect.map(guest.connection.writable(), () => (isWritable = true)),
      { startImmediately: true }
    )
    assert.isFalse(isWritable)
    guest.client.take()
    guest.client.take()
    yield* Effect.yieldNow
    assert.isTrue(isWritable)
  })
)

inHouse("END-1: a client is told goodbye once it has caught up, or has taken nothing for --linger", (house) =>
  Effect.gen(function* () {
    const { connect, join } = house
    const lobby = room("lobby")
    for (let i = 0; i < 5; i++) lobby.say(64_000)
    const [reader, gone, frozen, cut] = [connect(), connect(), connect(), connect()]
    const finish = (guest: typeof reader, ending: Ending) => {
      join(guest, lobby, 0)
      guest.connection.stop(ending)
      return Effect.forkChild(guest.connection.finish(words("bye")), { startImmediately: true })
    }
    yield* finish(reader, "shutting_down")
    reader.client.takeAll()
    yield* Effect.yieldNow
    assert.deepStrictEqual(reader.client.story, [...numbers(1, 5), "bye"])
    const fiber = yield* finish(gone, "left")
    gone.client.abort()
    yield* Fiber.join(fiber)
    yield* finish(cut, "kicked")
    assert.strictEqual(cut.client.story.at(-1), "bye")
    yield* finish(frozen, "logout")
    assert.notInclude(frozen.client.story, "bye")
    yield* Effect.callback<void>((resume) => {
      frozen.client.end = () => resume(Effect.void)
    })
    assert.strictEqual(frozen.client.story.at(-1), "bye")
    assert.isBelow(frozen.client.story.length, 6)
  })
)

inHouse("MSG-10: nobody has to wait for a client that follows, however much waits for it", (house) =>
  Effect.sync(() => {
    const { connect, outboxes } = house
    const guest = connect()
    guest.follower.tell([Buffer.alloc(settings.outboxBytesMax)])
    assert.strictEqual(guest.client.waitingBytes, settings.outboxBytesMax)
    assert.strictEqual(outboxes.countBehind(), 0)
  })
)

inHouse("END-1: after the end of a connection nothing more is read for it, and nothing more kept", (house) =>
  Effect.gen(function* () {
    const { connect, join, outboxes } = house
    const lobby = room("lobby")
    for (let i = 0; i < 100; i++) lobby.say(64_000)
    const guest = connect()
    join(guest, lobby, 0)
    guest.follower.tell([words("list")])
    guest.connection.stop("kicked")
    yield* Effect.forkChild(guest.connection.finish(words("bye")), { startImmediately: true })
    const after = vi.spyOn(lobby.ring, "after")
    guest.client.takeAll()
    assert.strictEqual(after.mock.calls.length, 0)
    assert.strictEqual(guest.client.story.at(-1), "bye")
    const gone = connect()
    join(gone, lobby, 0)
    gone.follower.tell([words("list")])
    gone.client.abort()
    assert.strictEqual(outboxes.keptBytes, 0)
  })
)

inHouse("ROOM-4: what is said in several rooms at once is one batch for each", (house) =>
  Effect.gen(function* () {
    const { connect, hub, join, offered, publish } = house
    const rooms = [room("lobby"), room("lab"), room("attic")]
    const guest = connect()
    guest.client.isReading = true
    for (const place of rooms) join(guest, place)
    for (let i = 0; i < 30; i++) publish(rooms[i % 3]!, rooms[i % 3]!.say())
    yield* offered
    assert.strictEqual(hub.counters.batches, 3)
    assert.deepStrictEqual(
      guest.client.story.filter((what) => what.startsWith("lab")),
      numbers(1, 10).map((number) => `lab ${number}`)
    )
  })
)

inHouse(
  "SEQ-3: the acks of one client come in the order of its requests, whatever rooms they are for",
  (house) =>
    Effect.gen(function* () {
      const { connect, join, offered, publish } = house
      const rooms = [room("lobby"), room("lab")]
      const guest = connect("me")
      guest.client.isReading = true
      for (const place of rooms) join(guest, place)
      for (let i = 0; i < 10; i++)
        publish(rooms[i % 2]!, rooms[i % 2]!.say(1, "me"), guest, words(`ack ${i}`))
      yield* offered
      assert.deepStrictEqual(
        guest.client.story,
        numbers(0, 9).map((number) => `ack ${number}`)
      )
    })
)
