import { once } from "node:events"
import { Server as ListeningSocket } from "node:net"
import { text } from "node:stream/consumers"
import { assert, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as References from "effect/References"
import type * as Scope from "effect/Scope"
import type { Connection } from "../src/net/Connection.ts"
import { Connections } from "../src/net/Connections.ts"
import { Pauses } from "../src/net/Pauses.ts"
import { Hub } from "../src/hub/Hub.ts"
import { ConnectionLog } from "../src/telemetry/ConnectionLog.ts"
import type { Server } from "../src/Server.ts"
import { defaults, Settings, type Values } from "../src/settings/Settings.ts"
import { keptLines, type LogLine } from "./support/logLines.ts"
import { serve, serving } from "./support/program.ts"
import { server } from "./support/server.ts"
import { connect } from "./support/TestClient.ts"
import { dial } from "./support/dial.ts"

/** Runs the visit to a server, and gives what came of it and all that was logged until the server's end. */
const logged = <A>(
  settings: Partial<Values>,
  visit: Effect.Effect<A, never, Scope.Scope | Server>
): Effect.Effect<readonly [A, ReadonlyArray<LogLine>]> => {
  const { layer, lines } = keptLines()
  return Effect.scoped(visit).pipe(
    Effect.provide(server(settings).pipe(Layer.provide(layer))),
    Effect.orDie,
    Effect.map((result) => [result, lines] as const)
  )
}

const texts = (lines: ReadonlyArray<LogLine>) => lines.map(({ level, text }) => `${level} ${text}`)

const SECRET = "what nobody else may read"

/** alice logs in and says something, another is refused her name and a bad one, and both leave. */
const visit = Effect.gen(function* () {
  const alice = yield* connect
  yield* alice.login("alice")
  yield* alice.ask({ type: "message", content: SECRET })
  const rude = yield* connect
  const addresses = [alice, rude].map(({ socket }) => `127.0.0.1:${socket.localPort}`)
  yield* rude.ask({ type: "login", username: "alice" })
  yield* rude.ask({ type: "login", username: ` ${SECRET}` })
  rude.send(SECRET)
  rude.socket.end()
  yield* rude.ended
  yield* alice.ask({ type: "logout" })
  yield* alice.ended
  alice.socket.end()
  return [alice, rude].map(({ chunks, socket }, i) => ({
    who: { connection: i + 1, address: addresses[i] },
    bytes: {
      receivedBytes: socket.bytesWritten,
      sentBytes: chunks.reduce((sum, { length }) => sum + length, 0)
    }
  }))
})

describe("Log lines", () => {
  it.live("at info: one for each login, refusal and end, with connection, address, reason and counts", () =>
    Effect.gen(function* () {
      const [[alice, rude], lines] = yield* logged({ logLevel: "info" }, visit)
      const linesOf = ({ connection }: { readonly connection: number }) =>
        lines
          .filter(({ facts }) => facts["connection"] === connection)
          .map(({ facts, level, text }) => [level, text, facts])
      assert.deepStrictEqual(linesOf(alice!.who), [
        ["Info", "logged in", { ...alice!.who, username: "alice", online: 1 }],
        ["Info", "ended", { ...alice!.who, reason: "logout", ...alice!.bytes, online: 0 }]
      ])
      assert.deepStrictEqual(linesOf(rude!.who), [
        ["Info", "login refused", { ...rude!.who, code: "username_taken" }],
        ["Info", "login refused", { ...rude!.who, code: "invalid_username" }],
        ["Info", "ended", { ...rude!.who, reason: "left", ...rude!.bytes, online: 1 }]
      ])
      assert.notInclude(JSON.stringify(lines), SECRET)
    })
  )

  it.live("at debug: also who connects, and who is turned away; never what is said", () =>
    Effect.gen(function* () {
      const [, lines] = yield* logged(
        { logLevel: "debug", addressClientsMax: 3 },
        Effect.gen(function* () {
          yield* Effect.all([connect, connect, connect])
          const away = yield* connect
          away.send(SECRET)
          yield* away.rest
        })
      )
      assert.strictEqual(texts(lines).filter((line) => line === "Debug connected").length, 3)
      const away = lines.filter(({ text }) => text === "turned away")
      assert.strictEqual(away.length, 1)
      assert.include(away[0]!.facts, { connection: 4, code: "too_many_connections" })
      assert.match(String(away[0]!.facts["address"]), /^127\.0\.0\.1:\d+$/)
      assert.notInclude(JSON.stringify(lines), SECRET)
    })
  )

  it.live("below the level nothing is logged, nor is anything looked at for it", () =>
    Effect.gen(function* () {
      const [, lines] = yield* logged({ logLevel: "warn" }, visit)
      assert.deepStrictEqual(lines, [])
      const untouchable = new Proxy({} as Connection, {
        get: () => assert.fail("the connection was looked at")
      })
      const tell = (level: "Warn" | "Info") =>
        Effect.gen(function* () {
          const log = yield* ConnectionLog
          yield* log.around(untouchable, Effect.void)
          yield* log.loggedIn(untouchable, "alice")
          yield* log.loginRefused(untouchable, "username_taken")
          yield* log.turnedAway(untouchable, "server_full")
        }).pipe(
          Effect.provide(
            ConnectionLog.layer.pipe(
              Layer.provide(Hub.layer),
              Layer.provide(Pauses.layer),
              Layer.provide(Connections.layer),
              Layer.provide(Layer.succeed(Settings, defaults()))
            )
          ),
          Effect.provideService(References.MinimumLogLevel, level),
          Effect.exit
        )
      assert.isTrue(Exit.isSuccess(yield* tell("Warn")))
      assert.isTrue(Exit.isFailure(yield* tell("Info")), "at info it is looked at")
    })
  )

  it.live("FRAME-7: also one who never asked for a name is told with its address", () =>
    Effect.gen(function* () {
      const [port, lines] = yield* logged(
        { logLevel: "info" },
        Effect.gen(function* () {
          const rude = yield* connect
          const { localPort } = rude.socket
          rude.send("?\n".repeat(10))
          yield* rude.rest
          rude.socket.resetAndDestroy()
          return localPort
        })
      )
      assert.deepStrictEqual(
        lines.map(({ facts: { address, reason } }) => [address, reason]),
        [[`127.0.0.1:${port}`, "invalid_json"]]
      )
    })
  )

  it.live("trouble of the listening socket is an error, and the server goes on", () =>
    Effect.gen(function* () {
      const spy = vi.spyOn(ListeningSocket.prototype, "listen")
      const [, lines] = yield* logged(
        { logLevel: "error" },
        Effect.gen(function* () {
          const listening = spy.mock.contexts.at(-1) as ListeningSocket
          listening.emit("error", new Error("accept EMFILE"))
          listening.emit("error", new Error("accept ENFILE"))
          yield* (yield* connect).login("alice")
        })
      )
      spy.mockRestore()
      assert.deepStrictEqual(texts(lines), [
        "Error Accepting a connection failed (accept EMFILE). The server keeps listening.",
        "Error Accepting a connection failed (accept ENFILE). The server keeps listening."
      ])
    })
  )

  it.live("a client that reads slowly is one warning", () =>
    Effect.gen(function* () {
      const [, lines] = yield* logged(
        { logLevel: "warn", outboxBytesMax: 1 << 22, lingerMillisMax: 1 },
        Effect.gen(function* () {
          const [stuck, sender] = [yield* connect, yield* connect]
          yield* stuck.login("stuck")
          yield* sender.login("sender")
          stuck.socket.pause()
          let users: ReadonlyArray<string> = []
          do {
            yield* sender.ask({ type: "message", content: "x".repeat(60_000) })
            users = (yield* sender.ask({ type: "list" })).users
          } while (users.length > 1)
        })
      )
      assert.deepStrictEqual(texts(lines), ["Warn reads slowly"])
      assert.isAbove(Number(lines[0]!.facts["waitingBytes"]), 1 << 21)
      assert.strictEqual(lines[0]!.facts["connection"], 1)
    })
  )
})

/** Says the lines to a program and gives what it answered, once it has closed the connection. */
const say = async (port: number, ...requests: ReadonlyArray<object>): Promise<string> =>
  text(dial(port).end(requests.map((request) => JSON.stringify(request)).join("\n")))

const login = (username: string) => ({ type: "login", username })

describe("Log output", () => {
  it("--log-format json: each line of standard error is an object with the facts", async () => {
    const program = await serving("--log-format", "json")
    await say(program.port, login('the "quoted" one'), { type: "logout" })
    program.child.kill("SIGTERM")
    const { code, err } = await program.finished()
    assert.strictEqual(code, 0)
    const lines = err
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line))
    assert.deepStrictEqual(
      lines.map(({ level, message }) => [level, message]),
      [
        ["INFO", "logged in"],
        ["INFO", "ended"]
      ]
    )
    assert.include(lines[0].annotations, { connection: 1, username: 'the "quoted" one', online: 1 })
    assert.include(lines[1].annotations, { connection: 1, reason: "logout", online: 0 })
    assert.isFalse(Number.isNaN(Date.parse(lines[0].timestamp)))
  })

  it("--log-format pretty: one line each, without colours where nobody sees them, odd values quoted", async () => {
    const program = await serving()
    await say(program.port, login('the "quoted" one'), { type: "logout" })
    program.child.kill("SIGTERM")
    const { err } = await program.finished()
    const [first, second, ...more] = err.trimEnd().split("\n")
    const stamp = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO `
    const who = String.raw`connection=1 address=127\.0\.0\.1:\d+`
    assert.match(
      first!,
      new RegExp(String.raw`^${stamp} logged in ${who} username="the \\"quoted\\" one" online=1$`)
    )
    assert.match(
      second!,
      new RegExp(`^${stamp} ended ${who} reason=logout receivedBytes=\\d+ sentBytes=\\d+ online=0$`)
    )
    assert.deepStrictEqual(more, [])
  })

  it("a log pipe that is closed costs the lines and nothing else", async () => {
    const program = await serving("--log-level", "debug")
    program.child.stderr.destroy()
    program.child.stdout.destroy()
    for (const username of ["alice", "bob", "carol"]) {
      const answers = await say(program.port, login(username), { type: "list" })
      assert.include(answers, `"users":["${username}"]`)
    }
    program.child.kill("SIGTERM")
    assert.strictEqual((await program.finished()).code, 0)
  })

  it("a log that nobody reads holds up nothing and does not grow: lines that find no room are counted", async () => {
    const program = serve(["--login-tries", "1000000", "--login-bytes", "off"], { errorsUnread: true })
    const port = await program.listening()
    const tries = 30_000
    const socket = dial(port)
    socket.write('{"type":"login","username":""}'.repeat(tries))
    await new Promise<void>((resolve) => {
      let replies = 0
      socket.on("data", (chunk) => {
        replies += String(chunk).split("\n").length - 1
        if (replies === tries) resolve()
      })
    })
    let log = ""
    program.child.stderr.on("data", (chunk) => {
      log += String(chunk)
    })
    let visits = 0
    for (; !log.includes("dropped"); visits++) await say(port, login("alice"), { type: "logout" })
    const closed = once(program.child, "close")
    program.child.kill("SIGTERM")
    assert.strictEqual((await closed)[0], 0)
    const lines = log.trimEnd().split("\n")
    const losses = lines.flatMap((line) => / WARN {2}dropped (\d+) log lines/.exec(line)?.[1] ?? [])
    const lost = losses.reduce((sum, count) => sum + Number(count), 0)
    assert.isAbove(lost, 0)
    assert.strictEqual(
      lines.length - losses.length + lost,
      tries + 2 * visits + 1,
      "the last is the socket's end"
    )
  })
})
