import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { contents } from "../rooms/Member.ts"
import { listener, startNodes } from "../support/Nodes.ts"
import type { Received } from "../support/TestClient.ts"

const all = ["presence", "rooms", "direct", "history"]
const message = (content: string, fields: object = {}) => ({ type: "message", content, ...fields })
const numbers = (received: ReadonlyArray<Received>) => received.map(({ seq }) => seq)

describe("What is said on other nodes", () => {
  it.live("NODE-6, MSG-5: all see one order, whichever node they are on, with their own acks in it", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const nodes = yield* startNodes(3)
        const speakers = yield* Effect.forEach(nodes, (node, i) => node.enter(`speaker${i}`, ["history"]))
        const plain = yield* Effect.forEach(nodes, (node, i) => node.connectAs(`plain${i}`))
        const count = 40
        for (let i = 0; i < count; i++)
          for (const [s, { client }] of speakers.entries()) client.send(message(`${s}: ${i}`))
        const total = count * speakers.length
        const orders = yield* Effect.forEach(plain, (client) => Effect.map(client.take(total), contents))
        for (const order of orders) assert.deepStrictEqual(order, orders[0])
        for (const [s, { client }] of speakers.entries()) {
          const seen = yield* client.take(total)
          assert.deepStrictEqual(
            numbers(seen),
            Array.from({ length: total }, (_, i) => i + 1)
          )
          const own = seen.filter(({ status }) => status === "success")
          assert.deepStrictEqual(
            own.map(({ seq }) => orders[0]![seq - 1]),
            Array.from({ length: count }, (_, i) => `${s}: ${i}`)
          )
        }
      })
    )
  )

  it.live("what is said in one turn is one entry, and delivered as a whole", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const [a, b] = yield* startNodes(2)
        const reader = yield* a!.connectAs("reader")
        const { counters } = a!.house.hub
        const { batches } = counters
        const said = ["one", "two", "three"]
        const announce = (content: string) => b!.submit({ t: "announce", username: "server", content })
        yield* Effect.forEach(said, announce, { concurrency: "unbounded" })
        assert.deepStrictEqual(contents(yield* reader.take(said.length)), said)
        assert.strictEqual(counters.batches, batches + 1)
      })
    )
  )

  it.live("NODE-6, ROOM-2, ROOM-5: rooms and presence", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const [a, b] = yield* startNodes(2)
        const { client: alice } = yield* a!.enter("alice", all)
        const { client: bob } = yield* b!.enter("bob", all)
        const outside = yield* b!.connectAs("outside")
        yield* alice.takeUntil(({ username }) => username === "outside")
        yield* alice.ask({ type: "join", room: "Lab" })
        yield* bob.before
        const joined = yield* bob.ask({ type: "join", room: "lab" })
        assert.deepStrictEqual(joined, { ...joined, room: "Lab", users: ["alice", "bob"] })
        assert.deepStrictEqual(yield* alice.next, { type: "joined", room: "Lab", username: "bob" })
        const ack = yield* bob.ask(message("hello", { room: "LAB", cid: "1" }))
        const { at, ...heard } = yield* alice.next
        assert.isNumber(at)
        assert.deepStrictEqual(heard, {
          type: "message",
          room: "Lab",
          username: "bob",
          content: "hello",
          seq: ack.seq
        })
        const { first, messages } = yield* alice.ask({ type: "history", room: "lab" })
        assert.deepStrictEqual([first, messages], [1, [{ seq: 1, username: "bob", content: "hello", at }]])
        yield* bob.ask({ type: "leave", room: "lab" })
        assert.deepStrictEqual(yield* alice.next, { type: "left", room: "Lab", username: "bob" })
        yield* alice.ask({ type: "rooms" })
        const { rooms } = yield* bob.ask({ type: "rooms" })
        assert.deepStrictEqual(rooms, [{ room: "Lab", users: 1, last: 1, joined: false }])
        bob.send({ type: "logout" })
        assert.deepStrictEqual(yield* alice.next, { type: "left", username: "bob" })
        assert.deepStrictEqual(yield* outside.before, [], "PLAIN-1, ROOM-2")
      })
    )
  )

  it.live("NODE-6, DM-1, DM-2: letters reach their addressee on another node, and nobody else", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const [a, b] = yield* startNodes(2)
        const alice = yield* a!.connectAs("alice", "direct")
        const bob = yield* b!.connectAs("Bob", "direct")
        const { client: carol } = yield* b!.enter("carol", all)
        yield* a!.connectAs("mute")
        yield* alice.sees("alice", "Bob", "carol", "mute")
        assert.strictEqual((yield* alice.ask(message("psst", { to: "bob" }))).to, "Bob")
        assert.deepStrictEqual(yield* bob.next, {
          type: "message",
          to: "Bob",
          username: "alice",
          content: "psst"
        })
        yield* alice.ask(message("1", { to: "carol" }))
        yield* carol.takeUntil(({ username }) => username === "mute")
        const { at, ...letter } = yield* carol.next
        assert.isNumber(at)
        assert.deepStrictEqual(letter, {
          type: "message",
          to: "carol",
          room: "@",
          username: "alice",
          content: "1",
          seq: 1
        })
        assert.strictEqual((yield* bob.ask(message("x", { to: "mute" }))).code, "cannot_receive")
        assert.strictEqual((yield* bob.ask(message("x", { to: "nobody" }))).code, "no_such_user")
        assert.deepStrictEqual(yield* bob.before, [])
      })
    )
  )

  it.live("NODE-6, SYNC-1, LIST-1: what was acked on another node is seen before a list", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const [a, b] = yield* startNodes(2)
        const alice = yield* a!.connectAs("alice")
        const bob = yield* b!.connectAs("bob")
        yield* bob.sees("alice", "bob")
        b!.reads.closeUnsafe()
        yield* alice.ask(message("one"))
        yield* a!.connectAs("carol")
        bob.send({ type: "list" })
        yield* alice.ask(message("two"))
        b!.reads.openUnsafe()
        const [one, second, third] = yield* bob.take(3)
        assert.strictEqual(one!.content, "one")
        const list = [second!, third!].find(({ users }) => users !== undefined)
        assert.deepStrictEqual(list!.users, ["alice", "bob", "carol"])
      })
    )
  )

  it.live("NODE-3: nothing is acked, and nobody hears it, before it is in the log", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const [a, b] = yield* startNodes(2)
        const alice = yield* a!.connectAs("alice")
        const near = yield* a!.connectAs("near")
        const bob = yield* b!.connectAs("bob")
        yield* bob.sees("alice", "near", "bob")
        a!.appends.closeUnsafe()
        alice.send(message("held"))
        yield* bob.ask(message("first"))
        assert.strictEqual((yield* near.next).content, "first")
        assert.strictEqual((yield* alice.next).content, "first")
        a!.appends.openUnsafe()
        assert.strictEqual((yield* near.next).content, "held")
        assert.strictEqual((yield* alice.next).status, "success")
        assert.strictEqual((yield* bob.next).content, "held")
      })
    )
  )

  it.live(
    "MSG-10, HIST-1: a reader on another node that stands still delays nobody, and misses nothing with history",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const [a, b] = yield* startNodes(2)
          const count = 150
          const alice = yield* a!.connectAs("alice")
          const plain = yield* b!.connectAs("plain")
          const { client: follower } = yield* b!.enter("follower", ["history"])
          const bob = yield* b!.connectAs("bob")
          yield* alice.sees("alice", "plain", "follower", "bob")
          plain.socket.pause()
          follower.socket.pause()
          const content = "x".repeat(60_000)
          for (let i = 0; i < count; i++) alice.send(message(`${i} ${content}`))
          yield* alice.take(count)
          assert.strictEqual((yield* bob.take(count)).at(-1)!.content, `${count - 1} ${content}`)
          follower.socket.resume()
          assert.deepStrictEqual(
            numbers(yield* follower.take(count)),
            Array.from({ length: count }, (_, i) => i + 1)
          )
        })
      )
  )

  it.live("a node reads the log no faster than it delivers", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const hubItemsMax = 20
        let most = 0
        const watching = listener({
          said: () => {
            most = Math.max(most, b!.house.hub.depth())
          }
        })
        const [a, b] = yield* startNodes(2, { hubItemsMax }, [watching, watching])
        const alice = yield* a!.connectAs("alice")
        const bob = yield* b!.connectAs("bob")
        yield* bob.sees("alice", "bob")
        b!.reads.closeUnsafe()
        const count = 500
        for (let i = 0; i < count; i++) alice.send(message(String(i)))
        yield* alice.take(count)
        b!.reads.openUnsafe()
        yield* bob.take(count)
        assert.isAtMost(most, hubItemsMax + 32, "an entry has up to 32 messages of a client")
      })
    )
  )
})
