import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it, onTestFinished } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { generate } from "selfsigned"
import { Server } from "../../src/index.ts"
import { proxy } from "../../harness/record/Proxy.ts"
import { Recording, recordingLimits } from "../../harness/record/Recording.ts"
import { redacted } from "../../harness/record/Redact.ts"
import { transcribe } from "../../harness/record/Transcribe.ts"
import { verbatim } from "../../harness/scenario/Writing.ts"
import { self } from "../../harness/targets/Self.ts"
import { Process } from "../../process/Process.ts"
import { scriptedServer } from "../support/ScriptedServer.ts"
import { server } from "../support/server.ts"
import { connectTo } from "../support/TestClient.ts"
import { chat, playing, scenarioOf, told } from "./playing.ts"
import { holds, leave, quiet, recorded, textOf } from "./recorded.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

const hostile = [
  "x: y",
  "#",
  "a # b",
  `"quoted"`,
  "it's",
  "yes",
  "1",
  "null",
  "~",
  "$_",
  "$x",
  "<y>",
  "- z",
  "{}"
]
const hostileContents = [...hostile, "two\nlines\n", "😀 é \u2028\u0085\ufeff", " ", "\t", "\\", "*a", "!b"]

describe("a recording", () => {
  it.live("tells what two clients did, with what each of them received, and holds", () =>
    Effect.gen(function* () {
      const facts = yield* recorded(
        Effect.fnUntraced(function* (arrive) {
          const alice = yield* Effect.flatMap(arrive, (client) => client.login("alice", "presence"))
          const bob = yield* Effect.flatMap(arrive, (client) => client.login("Bob"))
          assert.strictEqual((yield* alice.next).type, "joined")
          yield* alice.ask({ type: "message", content: "hello" })
          yield* bob.next
          yield* bob.ask({ type: "list" })
          const late = yield* arrive
          yield* late.ask({ type: "login", username: "alice" })
          yield* late.ask({ type: "login", username: "carol" })
          yield* bob.ask({ type: "logout" })
          yield* bob.ended
          yield* leave(late)
          yield* alice.sees("alice")
          yield* Effect.flatMap(arrive, (client) => client.login("Bob"))
        })
      )
      const { cast, steps } = transcribe(facts)
      assert.deepStrictEqual(cast, ["alice", "bob", "carol"])
      const upToTheEnd = steps.slice(0, steps.indexOf("alice asks who is there"))
      assert.deepStrictEqual(upToTheEnd, [
        "alice logs in",
        'bob logs in as: "Bob"',
        'alice says: "hello"',
        'bob receives: {"type":"message","username":"alice","content":"hello"}',
        "bob asks who is there",
        'bob receives: {"status":"success","users":{"in any order":["alice","Bob"]}}',
        'carol tries to log in as: "alice"',
        "carol is refused",
        "carol logs in",
        "bob receives nothing",
        "bob disconnects",
        "alice sees that bob is gone",
        "carol receives nothing",
        "carol disconnects",
        "alice sees that carol is gone"
      ])
      assert.strictEqual(steps.at(-1), 'bob logs in as: "Bob"')
      yield* holds(facts)
    })
  )

  it.live("writes any name and any content so that it comes back as it was", () =>
    Effect.gen(function* () {
      const facts = yield* recorded(
        Effect.fnUntraced(function* (arrive) {
          const listener = yield* Effect.flatMap(arrive, (client) => client.login("null"))
          for (const username of hostile) {
            const client = yield* arrive
            yield* client.ask({ type: "login", username })
            for (const content of hostileContents) yield* client.ask({ type: "message", content })
            yield* leave(client)
          }
          yield* listener.before
        }),
        chat()
      )
      const scenario = scenarioOf(textOf(facts.slice(0, recordingLimits.factsMax)))
      assert.strictEqual(told(yield* playing(scenario, chat())), "passed", scenario.text)
      for (const content of hostileContents)
        assert.include(scenario.text, `says: ${JSON.stringify(verbatim(content))}\n`)
    })
  )

  it.live("with stand-ins says the same, and nothing of what was said or by whom", () =>
    Effect.gen(function* () {
      const facts = yield* recorded(
        Effect.fnUntraced(function* (arrive) {
          const alice = yield* Effect.flatMap(arrive, (client) => client.login("alice"))
          const bob = yield* Effect.flatMap(arrive, (client) => client.login("bob"))
          yield* alice.ask({ type: "message", content: "secret" })
          yield* alice.ask({ type: "message", content: "secret" })
          yield* bob.take(2)
          yield* bob.ask({ type: "list", secret: "secret" })
          yield* bob.ask({ type: "login", username: "secret" })
          yield* bob.ask({ type: "message", content: { secret: 42 } })
          const late = yield* arrive
          yield* late.ask({ type: "login", username: "alice" })
          yield* late.ask({ type: "login", username: "  secret" })
          yield* alice.ask({ type: "list" })
        })
      )
      const stoodIn = redacted(facts)
      assert.notMatch(textOf(stoodIn), /alice|bob|secret|42/)
      assert.strictEqual(textOf(stoodIn).match(/user1 says: "message 1"/g)?.length, 2)
      yield* holds(stoodIn)
    })
  )

  it.live("tells of requests that no sentence has, byte by byte if need be", () =>
    Effect.gen(function* () {
      const requests = [{ type: "ping" }, { type: "dance", "one of": ["a"] }, { type: "list", n: 1.5 }]
      const facts = yield* recorded(
        Effect.fnUntraced(function* (arrive) {
          const client = yield* arrive
          for (const request of requests) yield* client.ask(request)
          yield* client.ask("[1]\n" as unknown as object)
          yield* client.login("carol")
          yield* client.ask({ type: "ping" })
        })
      )
      const { steps } = transcribe(facts)
      assert.includeMembers(
        [...steps],
        ["carol connects", 'carol sends: {"type":"ping"}', 'carol sends bytes: "[1]\\n"', "carol is refused"]
      )
      assert.strictEqual(told(yield* playing(scenarioOf(textOf(facts)), self())), "passed")
    })
  )

  it.live("tells when the server ends a connection", () =>
    Effect.gen(function* () {
      const server = yield* scriptedServer
      const recording = new Recording()
      const port = yield* proxy(server.address, 0, recording, quiet)
      const client = yield* connectTo({ host: "127.0.0.1", port })
      const peer = yield* server.accept
      client.send({ type: "login", username: "alice" })
      yield* peer.next
      peer.send({ status: "success" })
      yield* client.next
      peer.socket.end()
      yield* client.ended
      assert.deepStrictEqual(transcribe(recording.facts).steps, ["alice logs in", "alice is disconnected"])
    })
  )

  it.live("does not hold where the server loses what it delivered before", () =>
    Effect.gen(function* () {
      const facts = yield* recorded(
        Effect.fnUntraced(function* (arrive) {
          const alice = yield* Effect.flatMap(arrive, (client) => client.login("alice"))
          const bob = yield* Effect.flatMap(arrive, (client) => client.login("bob"))
          yield* alice.ask({ type: "message", content: "hello" })
          yield* bob.next
        })
      )
      const deaf = chat(() => ({ broadcast: () => {} }))
      assert.include(told(yield* playing(scenarioOf(textOf(facts)), deaf)), "bob receives")
    })
  )
})

const line = (length: number) =>
  Buffer.from(`${JSON.stringify({ type: "message", content: "x".repeat(length) })}\n`)
const reasonAfter = (fill: (recording: Recording) => void) => {
  const recording = new Recording()
  fill(recording)
  return recording.full
}

describe("the limits of a recording", () => {
  it("are connections, facts, bytes and the size of an object", () => {
    const { bytesMax, connectionsMax, factsMax } = recordingLimits
    const reasons = [
      reasonAfter((recording) => {
        for (let n = 0; n <= connectionsMax; n++) recording.follow()
      }),
      reasonAfter((recording) => {
        for (let n = 0; n <= factsMax; n++) recording.note({ _tag: "Ended", connection: n }, -60)
      }),
      reasonAfter((recording) => {
        const following = recording.follow()
        for (let n = 0; n < 10; n++) following.sent(line(bytesMax / 10))
      }),
      reasonAfter((recording) => recording.follow().sent(line(bytesMax * 2)))
    ]
    assert.deepStrictEqual(reasons, [
      "it has 100 connections",
      "it has 2000 requests, deliveries and ends",
      "a scenario file holds no more than 65536 bytes",
      "an object is longer than 65536 bytes"
    ])
  })

  it("keep the file below what a scenario may have", () => {
    const recording = new Recording()
    const [alice, bob] = [recording.follow(), recording.follow()]
    for (const [one, username] of [
      [alice, "alice"],
      [bob, "bob"]
    ] as const) {
      one.sent(Buffer.from(`${JSON.stringify({ type: "login", username })}\n`))
      one.received(Buffer.from('{"status":"success"}\n'))
    }
    for (let n = 0; recording.full === undefined; n++) {
      alice.sent(Buffer.from(`{"type":"message","content":"\\u0001${n}"}\n`))
      alice.received(Buffer.from('{"status":"success"}\n'))
      bob.received(Buffer.from(`{"type":"message","username":"alice","content":"\\u0001${n}"}\n`))
    }
    assert.isBelow(Buffer.byteLength(textOf(recording.facts)), recordingLimits.bytesMax)
  })
})

const folder = temporaryFolder()

/** `pnpm record` in a process of its own. */
const record = (...args: ReadonlyArray<string>) => {
  const program = new Process({ command: [process.execPath, "harness/main.ts", "record", ...args] })
  onTestFinished(() => Effect.runPromise(program.kill))
  return program
}

const listeningAt = (program: Process) =>
  Effect.map(program.prints(/recording on 127\.0\.0\.1:(\d+)/), ([, port]) => ({
    host: "127.0.0.1",
    port: Number(port)
  }))

describe("pnpm record", () => {
  const greeting = Effect.fnUntraced(function* (program: Process) {
    const address = yield* listeningAt(program)
    const alice = yield* Effect.flatMap(connectTo(address), (client) => client.login("alice"))
    const bob = yield* Effect.flatMap(connectTo(address), (client) => client.login("bob"))
    yield* alice.ask({ type: "message", content: "hello" })
    yield* bob.next
    return [alice, bob] as const
  })

  it.live("writes until Ctrl-C, replays on the same server, and says that it holds", () =>
    Effect.gen(function* () {
      const { port } = yield* self().start
      const file = join(folder, "a-greeting.yaml")
      const program = record("--to", `:${port}`, file)
      yield* greeting(program)
      program.child.kill("SIGINT")
      const { code } = yield* program.end
      assert.deepStrictEqual([code, program.errors.text], [0, ""])
      assert.match(program.output.text, /wrote .*: 2 actors, 4 steps\npass .*\nit holds; play it with: /)
      assert.strictEqual(told(yield* playing(scenarioOf(readFileSync(file, "utf8")), chat())), "passed")
    })
  )

  it.live("writes until all have left, and says where it does not hold", () =>
    Effect.gen(function* () {
      let served = 0
      const forgetful = chat((base) => ({
        broadcast: (...args) => {
          if (served++ === 0) base.broadcast(...args)
        }
      }))
      const { port } = yield* forgetful.start
      const file = join(folder, "forgotten.yaml")
      const program = record("--to", `:${port}`, "--until-empty", file)
      for (const client of yield* greeting(program)) yield* leave(client)
      const { code } = yield* program.end
      assert.strictEqual(code, 1)
      assert.match(program.output.text, /bob receives: /)
      assert.match(program.errors.text, /does not hold when it is replayed/)
      assert.isTrue(existsSync(file))
    })
  )

  it.live("speaks TLS with a server that does, for its clients that do not", () =>
    Effect.gen(function* () {
      const altNames = [{ type: 7, ip: "127.0.0.1" } as const]
      const { cert, private: key } = yield* Effect.promise(() =>
        generate([{ name: "commonName", value: "localhost" }], {
          extensions: [{ name: "subjectAltName", altNames }]
        })
      )
      const [tlsCertFile, tlsKeyFile] = [join(folder, "cert.pem"), join(folder, "key.pem")]
      writeFileSync(tlsCertFile, cert)
      writeFileSync(tlsKeyFile, key)
      const secure = yield* Layer.build(server({ tlsCertFile, tlsKeyFile }))
      const { port } = Context.get(secure, Server).addresses[0]!
      const program = record("--to", `:${port}`, "--ca", tlsCertFile, join(folder, "secure.yaml"))
      yield* greeting(program)
      program.child.kill("SIGINT")
      const { code } = yield* program.end
      assert.deepStrictEqual([code, program.errors.text], [0, ""])
      assert.match(program.output.text, /wrote .*: 2 actors, 4 steps\npass .*\nit holds; play it with: /)
    })
  )

  it.live("says what is wrong before it begins, and writes nothing where there is nothing", () =>
    Effect.gen(function* () {
      const { port } = yield* self().start
      const taken = join(folder, "taken.yaml")
      writeFileSync(taken, "mine")
      const table: ReadonlyArray<readonly [args: ReadonlyArray<string>, code: number, message: RegExp]> = [
        [["--to", `:${port}`, taken], 2, /already exists; choose another name/],
        [["--to", `:${port}`, join(folder, "a.txt")], 2, /ends in \.yaml/],
        [["--to", `:${port}`, join(folder, "nowhere/a.yaml")], 2, /cannot write .*ENOENT/],
        [["--to", `:${port}`, "--ca", taken, join(folder, "a.yaml")], 2, /holds no certificate/],
        [["--to", `:${port}`, "--listen", `${port}`, join(folder, "a.yaml")], 2, /cannot listen on port/]
      ]
      for (const [args, code, message] of table) {
        const program = record(...args)
        assert.strictEqual((yield* program.end).code, code)
        assert.match(program.errors.text, message)
      }
      const idle = record("--to", `:${port}`, join(folder, "idle.yaml"))
      yield* listeningAt(idle)
      idle.child.kill("SIGTERM")
      assert.strictEqual((yield* idle.end).code, 1)
      assert.match(idle.errors.text, /nothing was recorded/)
      assert.deepStrictEqual(existsSync(join(folder, "idle.yaml")), false)
      assert.strictEqual(readFileSync(taken, "utf8"), "mine")
    })
  )

  it.live("says that the server cannot be reached", () =>
    Effect.gen(function* () {
      const server = yield* scriptedServer
      yield* server.close
      const program = record("--to", `:${server.address.port}`, join(folder, "unreachable.yaml"))
      yield* connectTo(yield* listeningAt(program))
      assert.strictEqual((yield* program.end).code, 3)
      assert.match(program.errors.text, /cannot connect to .*ECONNREFUSED/)
    })
  )
})
