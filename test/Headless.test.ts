import { PassThrough } from "node:stream"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { formatAddress } from "../src/net/Address.ts"
import { Servers } from "../src/client/Servers.ts"
import { runHeadless } from "../src/client/Headless.ts"
import { features } from "../src/Protocol.ts"
import { Server } from "../src/Server.ts"
import { palabre } from "./support/program.ts"
import { scriptedServer } from "./support/ScriptedServer.ts"
import { server } from "./support/server.ts"
import { connectAs } from "./support/TestClient.ts"

/** Everything a stream was given. */
const written = (stream: PassThrough): Array<string> => {
  const chunks: Array<Buffer> = []
  for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) chunks.push(chunk as Buffer)
  return chunks.length === 0 ? [] : Buffer.concat(chunks).toString().trimEnd().split("\n")
}

/** A script's client of a scripted server, once it is logged in as alice. */
const started = Effect.fnUntraced(function* (options: { readonly json?: boolean } = {}) {
  const { accept, address } = yield* scriptedServer
  const [input, output, remarks] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const running = yield* runHeadless({
    servers: new Servers([address]),
    username: "alice",
    json: false,
    input,
    output,
    remarks,
    ...options
  }).pipe(Effect.scoped, Effect.forkScoped({ startImmediately: true }))
  const peer = yield* accept
  yield* Effect.addFinalizer(() => Effect.sync(() => peer.socket.destroy()))
  assert.deepStrictEqual(yield* peer.next, { type: "login", username: "alice", features })
  return { peer, input, output, remarks, running }
})

const ok = { status: "success" }

describe("A script's client", () => {
  it.effect(
    "says each line once the one before was answered, logs out at the end of the input, and is done",
    () =>
      Effect.gen(function* () {
        const { input, output, peer, remarks, running } = yield* started()
        input.end("one\r\n\n/list\n//two\nthree")
        peer.send({ status: "success", message: "Bienvenue, alice" })
        assert.deepStrictEqual(yield* peer.next, { type: "message", username: "alice", content: "one" })
        peer.send(
          { type: "message", username: "bob\u001b[2J", content: "hi\nthere" },
          { type: "joined", username: "carol" },
          ok
        )
        assert.deepStrictEqual(yield* peer.next, { type: "list" })
        const names = Array.from({ length: 30 }, (_, i) => `u${i}`)
        peer.send({ status: "success", users: names })
        for (const content of ["/two", "three"]) {
          assert.strictEqual((yield* peer.next).content, content)
          peer.send(ok)
        }
        assert.deepStrictEqual(yield* peer.next, { type: "logout" })
        peer.send({ status: "success", message: "Au revoir, alice" })
        yield* Fiber.join(running)
        assert.deepStrictEqual(written(output), [
          "<bob␛[2J> hi␊there",
          "* carol joined",
          `* 30 here: ${names.join(", ")}`
        ])
        assert.deepStrictEqual(written(remarks), [])
      })
  )

  it.effect("--json prints every object of the server as one line, as it was written, replies included", () =>
    Effect.gen(function* () {
      const { input, output, peer, running } = yield* started({ json: true })
      peer.send('{\r\n  "status": "success",\n\t"big": 12345678901234567890,\n  "nested": [1,\n2]\n}')
      input.end("/list\n")
      assert.deepStrictEqual(yield* peer.next, { type: "list" })
      peer.send(
        '"banner"',
        { type: "message", username: "bob", content: "\u2028\u009b2J\u202e é" },
        { status: "success", users: [] }
      )
      yield* peer.next
      peer.send({ status: "success", message: "Au revoir" })
      yield* Fiber.join(running)
      assert.deepStrictEqual(written(output), [
        '{"status": "success","big": 12345678901234567890,"nested": [1,2]}',
        '"banner"',
        '{"type":"message","username":"bob","content":"\\u2028\\u009b2J\\u202e é"}',
        '{"status":"success","users":[]}',
        '{"status":"success","message":"Au revoir"}'
      ])
    })
  )

  it.effect("/quit ends it, whatever follows", () =>
    Effect.gen(function* () {
      const { input, peer, running } = yield* started()
      peer.send(ok)
      input.write("/quit\nnever said\n")
      assert.deepStrictEqual(yield* peer.next, { type: "logout" })
      peer.send(ok)
      yield* Fiber.join(running)
    })
  )

  it.effect(
    "remarks upon each line that was not said, says the others, and then fails with their count",
    () =>
      Effect.gen(function* () {
        const { input, peer, remarks, running } = yield* started()
        peer.send(ok)
        input.write(
          Buffer.concat([Buffer.from("/nonsense\n"), Buffer.from([0xff, 0x0a]), Buffer.alloc(70_000, "x")])
        )
        input.end(`\n${"é".repeat(32_750)}\nrefused\nsaid\n`)
        assert.strictEqual((yield* peer.next).content, "refused")
        peer.send({ status: "error", code: "rate_limited", message: "Trop vite", retryAfterMs: 250 })
        assert.strictEqual((yield* peer.next).content, "said")
        peer.send(ok)
        yield* peer.next
        peer.send(ok)
        const error = yield* Effect.flip(Fiber.join(running))
        assert(error._tag === "LinesRefused")
        assert.strictEqual(error.count, 5)
        assert.deepStrictEqual(written(remarks), [
          "! unknown command /nonsense: /help lists the commands, //nonsense says it as a message",
          "! line 2 is not UTF-8; it was not sent",
          "! line 3 is longer than 65536 bytes; it was not sent",
          `! "${"é".repeat(40)}…" was refused: it is longer than 65536 bytes, so it was not sent (too_large). Shorten it or send it in parts`,
          '! "refused" was refused: Trop vite (rate_limited). Send it again in 0.3 s'
        ])
      })
  )

  it.effect("END-1: fails when the server ends the connection, also while it waits for input", () =>
    Effect.gen(function* () {
      const { peer, running } = yield* started()
      peer.send(ok, { status: "error", code: "shutting_down", message: "Le serveur s'arrête" })
      peer.socket.end()
      const error = yield* Effect.flip(Fiber.join(running))
      assert(error._tag === "ConnectionEnded")
      assert.strictEqual(error.lastWords?.code, "shutting_down")
    })
  )

  it.effect("LOGIN-3: fails when the name is refused", () =>
    Effect.gen(function* () {
      const { peer, running } = yield* started()
      peer.send({ status: "error", message: "pris" })
      assert.strictEqual((yield* Effect.flip(Fiber.join(running)))._tag, "LoginRefused")
    })
  )

  it.effect("fails when nobody reads its output any more", () =>
    Effect.gen(function* () {
      const { output, peer, running } = yield* started()
      peer.send(ok)
      output.destroy(new Error("EPIPE"))
      assert.deepStrictEqual(yield* peer.next, { type: "logout" })
      peer.send(ok)
      assert.strictEqual((yield* Effect.flip(Fiber.join(running)))._tag, "OutputClosed")
    })
  )
})

/** What `palabre client` leaves behind, as a process of its own. */
const run = (args: ReadonlyArray<string>, input = "") =>
  Effect.promise(() => palabre(["client", ...args], { input }).finished())

layer(server(), { excludeTestServices: true })("pnpm client, where standard input is no terminal", (it) => {
  it.effect("MSG-1, LIST-1: exit code 0 when all was said and done", () =>
    Effect.gen(function* () {
      const address = formatAddress((yield* Server).addresses[0]!)
      const bob = yield* connectAs("bob")
      const result = yield* run([address, "--username", "alice", "--json"], "héllo\n/list\n")
      assert.deepStrictEqual(yield* bob.next, { type: "message", username: "alice", content: "héllo" })
      const [welcome, ack, ...rest] = result.out
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown)
      assert.deepInclude(welcome, {
        status: "success",
        message: "Bienvenue, alice",
        features,
        session: "***"
      })
      assert.deepInclude(ack, { status: "success", message: "Message envoyé à tous les clients", seq: 1 })
      assert.deepStrictEqual(rest, [
        { status: "success", users: ["bob", "alice"] },
        { status: "success", message: "Au revoir, alice" }
      ])
      assert.deepStrictEqual([result.err, result.code], ["", 0])
    })
  )

  it.effect("LOGIN-3: exit code 1 and one clear line when the name is taken", () =>
    Effect.gen(function* () {
      const address = formatAddress((yield* Server).addresses[0]!)
      yield* connectAs("carol")
      const result = yield* run([address, "--username", "Carol"], "hi\n")
      assert.deepStrictEqual(result, {
        code: 1,
        out: "",
        err: "palabre: the name was refused: Ce nom est déjà pris (username_taken). Choose another name, or wait a few minutes if it is yours\n"
      })
    })
  )

  it.effect("exit code 2 for a mistake in the arguments, and the name must be given", () =>
    Effect.gen(function* () {
      for (const [args, told] of [
        [[], "--username NAME"],
        [["12345", "-u", "a"], "write :12345 for a port alone"],
        [["--port", "70000"], "a port is a number from 1 to 65535"]
      ] as const) {
        const { code, err, out } = yield* run(args)
        assert.deepStrictEqual([code, out], [2, ""])
        assert.include(err, told)
        assert.notMatch(err, /\n +at /)
      }
    })
  )

  it.effect("exit code 3 where no server listens", () =>
    Effect.gen(function* () {
      const scripted = yield* scriptedServer
      yield* scripted.close
      const result = yield* run([formatAddress(scripted.address), "--username", "alice"])
      assert.strictEqual(result.code, 3)
      assert.match(
        result.err,
        /^palabre: cannot connect to 127\.0\.0\.1:\d+: nothing is listening there.*\n$/
      )
    })
  )
})
