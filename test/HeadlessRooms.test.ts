import { PassThrough } from "node:stream"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Servers } from "../src/client/Servers.ts"
import { runHeadless } from "../src/client/Headless.ts"
import { type ReconnectSettings, reconnectSettings } from "../src/client/Reconnect.ts"
import { scriptedServer } from "./support/ScriptedServer.ts"
import { everything, expectLogin, says } from "./support/terminals.ts"

/** Everything that a stream was given, in lines, without what differs from run to run. */
const written = (stream: PassThrough): Array<string> =>
  ((stream.setEncoding("utf8").read() as string | null) ?? "")
    .trimEnd()
    .replaceAll(/Trying again in \S+ s/g, "Trying again in a while")
    .split("\n")

const settings = { ...reconnectSettings, retryMillis: 1, retryMillisMax: 5 }

/** A script's client of a scripted server, logged in as alice where that has everything. */
const started = Effect.fnUntraced(function* (
  options: {
    readonly json?: boolean
    readonly room?: string
    readonly settings?: ReconnectSettings
  } = {}
) {
  const scripted = yield* scriptedServer
  const [input, output, remarks] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const servers = new Servers([scripted.address])
  const about = { servers, username: "alice", json: false, input, output, remarks, settings, ...options }
  const running = yield* runHeadless(about).pipe(Effect.scoped, Effect.forkScoped({ startImmediately: true }))
  const peer = yield* expectLogin(scripted)
  peer.send({ status: "success", message: "Bienvenue, alice", ...everything })
  return { scripted, peer, input, output, remarks, running }
})

const inLab = (username: string, content: string, seq: number) => ({
  ...says(username, content),
  room: "lab",
  seq,
  at: 0
})

describe("A script, where there are rooms", () => {
  it.live("speaks in the room of --room, to one person, and in the rooms it goes into", () =>
    Effect.gen(function* () {
      const { input, output, peer, remarks, running } = yield* started({ room: "lab" })
      input.end("hi\n/msg bob psst\n/history 1\n/rooms\n/join lobby\nall\n/leave lab\n")
      assert.deepStrictEqual(yield* peer.next, { type: "join", room: "lab", recent: 20 })
      const joined = { status: "success", room: "lab", users: ["bob", "alice"], first: 1, last: 2 }
      peer.send(joined, inLab("bob", "before", 2))
      assert.deepStrictEqual(yield* peer.next, { ...says("alice", "hi"), room: "lab", cid: "0" })
      peer.send(
        { ...says("bob", "to you alone"), to: "alice", room: "@", seq: 1, at: 0 },
        { status: "success", room: "lab", seq: 3, cid: "0" }
      )
      assert.deepStrictEqual(yield* peer.next, { ...says("alice", "psst"), to: "bob", cid: "1" })
      peer.send({ status: "success", to: "bob", cid: "1" })
      assert.deepStrictEqual(yield* peer.next, { type: "history", room: "lab", before: 2, limit: 1 })
      const older = { seq: 1, username: "carol", content: "long ago", at: 0 }
      peer.send({ status: "success", room: "lab", first: 1, messages: [older] })
      yield* peer.next
      peer.send({ status: "success", rooms: [{ room: "lab", users: 2, last: 3, joined: true }] })
      yield* peer.next
      peer.send({ status: "success", users: ["bob", "alice"], first: 1, last: 41 })
      assert.deepStrictEqual(yield* peer.next, { ...says("alice", "all"), cid: "2" })
      peer.send({ status: "success", seq: 42, cid: "2" })
      assert.deepStrictEqual(yield* peer.next, { type: "leave", room: "lab" })
      peer.send({ status: "success", room: "lab" })
      assert.deepStrictEqual(yield* peer.next, { type: "logout" })
      peer.send({ status: "success" })
      yield* Fiber.join(running)
      assert.deepStrictEqual(written(remarks), [""])
      assert.deepStrictEqual(written(output), [
        "* you are in lab now",
        "* 2 in lab: bob, alice",
        "[lab] <bob> before",
        "[to you] <bob> to you alone",
        "[lab] <carol> long ago",
        "* 1 room: lab (2 here, you too)",
        "* you are in the lobby now",
        "* 2 here: bob, alice",
        "* you have left lab"
      ])
    })
  )

  it.live("says nothing anywhere else if the room of --room refuses it", () =>
    Effect.gen(function* () {
      const { input, peer, running } = yield* started({ room: "lab" })
      input.end("secret\n")
      yield* peer.next
      peer.send({ status: "error", code: "too_many_rooms", message: "Trop de salons" })
      assert.deepStrictEqual(yield* peer.next, { type: "logout" })
      peer.send({ status: "success" })
      const error = yield* Effect.flip(Fiber.join(running))
      assert(error._tag === "RoomRefused")
      assert.strictEqual(
        error.text,
        "/join was refused: Trop de salons (too_many_rooms). Leave one with /leave"
      )
    })
  )

  it.live("prints with --json what it hears, but never the token of its session", () =>
    Effect.gen(function* () {
      const { input, output, peer, running } = yield* started({ json: true })
      const message = { ...says("bob", '{"session":"mine"}'), seq: 42, at: 0 }
      peer.send(message)
      input.end()
      assert.deepStrictEqual(yield* peer.next, { type: "logout" })
      peer.send({ status: "success" })
      yield* Fiber.join(running)
      const lines = written(output).map((line) => JSON.parse(line) as unknown)
      assert.deepStrictEqual(lines.slice(0, 2), [
        { status: "success", message: "Bienvenue, alice", ...everything, session: "***" },
        message
      ])
    })
  )
})

describe("A script whose connection is lost", () => {
  it.live("comes back where the session is kept, sends again what has no ack, and says the rest", () =>
    Effect.gen(function* () {
      const { input, output, peer, remarks, running, scripted } = yield* started()
      input.end("one\n/list\n")
      const one = yield* peer.next
      peer.socket.resetAndDestroy()
      const again = yield* expectLogin(scripted)
      again.send(
        { status: "success", message: "Bienvenue, alice", ...everything, last: 43, resumed: true },
        { ...says("bob", "missed"), seq: 43, at: 0 }
      )
      assert.deepStrictEqual(yield* again.next, one)
      again.send({ status: "success", seq: 42, cid: "0", duplicate: true })
      assert.deepStrictEqual(yield* again.next, { type: "list" })
      again.socket.resetAndDestroy()
      const third = yield* expectLogin(scripted)
      third.send({ status: "success", ...everything, last: 43, resumed: true })
      assert.deepStrictEqual(yield* third.next, { type: "list" })
      third.send({ status: "success", users: ["alice"] })
      assert.deepStrictEqual(yield* third.next, { type: "logout" })
      third.send({ status: "success" })
      yield* Fiber.join(running)
      assert.deepStrictEqual(written(output), ["<bob> missed", "* 1 here: alice"])
      assert.deepStrictEqual(written(remarks), [
        "! the connection broke. Trying again in a while",
        "* Bienvenue, alice",
        "! the connection broke. Trying again in a while",
        "* connected again as alice"
      ])
    })
  )

  it.live("counts a line as refused that may not have been said", () =>
    Effect.gen(function* () {
      const { input, peer, remarks, running, scripted } = yield* started()
      input.end("one\n")
      yield* peer.next
      peer.socket.resetAndDestroy()
      const again = yield* expectLogin(scripted)
      again.send({ status: "success", ...everything, session: "bm90IHRoZSBzYW1l", resumed: false })
      assert.deepStrictEqual(yield* again.next, { type: "logout" })
      again.send({ status: "success" })
      assert.strictEqual((yield* Effect.flip(Fiber.join(running)))._tag, "LinesRefused")
      assert.strictEqual(written(remarks).at(-1), '! "one" may not have been sent: it was never confirmed')
    })
  )

  it.live("gives up after a while, and tells what may not have been said", () =>
    Effect.gen(function* () {
      const impatient = { ...settings, awayMillisMax: 50 }
      const { input, peer, remarks, running, scripted } = yield* started({ settings: impatient })
      input.end("one\n")
      yield* peer.next
      yield* scripted.close
      peer.socket.resetAndDestroy()
      assert.strictEqual((yield* Effect.flip(Fiber.join(running)))._tag, "CannotConnect")
      assert.strictEqual(written(remarks).at(-1), '! "one" may not have been sent: it was never confirmed')
    })
  )
})
