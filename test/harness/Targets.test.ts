import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createSocket, type Socket } from "node:dgram"
import net from "node:net"
import tls from "node:tls"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { makeCertificate } from "../../attack/Certificate.ts"
import type { Outcome } from "../../harness/verdict/Outcome.ts"
import type { Target, TargetFailed } from "../../harness/stage/Target.ts"
import { connect } from "../../harness/targets/Connect.ts"
import { self } from "../../harness/targets/Self.ts"
import { english } from "../../harness/texts/en.ts"
import { spawn } from "../../harness/targets/Spawn.ts"
import { type Trust, trustOf } from "../../harness/targets/Trust.ts"
import type { Client } from "../../mutants/chat/Chat.ts"
import { listen, makeChat } from "../../mutants/chat/makeChat.ts"
import { accepts, freePort, isListenedOn } from "../../process/Port.ts"
import { start } from "../../process/Process.ts"
import { hasSocketTables } from "../../process/SocketTable.ts"
import { parseAddress } from "../../src/net/Address.ts"
import { isRunning } from "../support/isRunning.ts"
import { connectTo } from "../support/TestClient.ts"
import { playerOf, steps, told } from "./playing.ts"

const folder = mkdtempSync(join(tmpdir(), "palabre-targets-"))
afterAll(() => rmSync(folder, { recursive: true }))

const timeScale = 3
const common = { timeScale, texts: english }
const program = (mode: string, file = ""): string =>
  `"${process.execPath}" test/harness/program.ts {port} "${mode}" "${join(folder, file)}"`
const spawned = (command: string, port?: number): Target => spawn({ command, port, ...common })
const playing = (lines: string, target: Target, head?: string) =>
  playerOf(target, timeScale).play(steps(lines, head))
const failing = (target: Target): Effect.Effect<TargetFailed> =>
  Effect.flip(Effect.asVoid(playing("- alice connects", target))) as Effect.Effect<TargetFailed>

const hello =
  "- alice logs in\n- bob logs in\n- alice says: hello\n- bob receives: { type: message, content: hello }"

const logOf = ({ failure }: Outcome) => [failure!.linesBefore, failure!.lastLines]

describe("--spawn", () => {
  it.live("plays against any program, and ends it with its children", () =>
    Effect.gen(function* () {
      const command = `sh -c '${program("tells its port", "port")} & wait'`
      assert.strictEqual(told(yield* playing(hello, spawned(command))), "passed")
      assert.isFalse(yield* isListenedOn(Number(readFileSync(join(folder, "port"), "utf8"))))
    })
  )

  it.live(
    "makes no connection to it beyond those of the scenario, whether the system tells who listens or not",
    () =>
      Effect.gen(function* () {
        const command = program("cannot bear a connection without a login")
        for (const seesListeners of [true, false]) {
          const target = spawn({ command, port: undefined, ...common, seesListeners })
          const outcome = yield* playing(`${hello}\n- alice logs out\n- bob logs out`, target)
          assert.strictEqual(told(outcome), "passed")
        }
      })
  )

  it.live("finds a server that listens on IPv6 alone", () =>
    Effect.gen(function* () {
      assert.strictEqual(told(yield* playing(hello, spawned(program("listens on ::1 alone")))), "passed")
    })
  )

  it.live("parts what a server writes before the first step from what it writes since", () =>
    Effect.gen(function* () {
      const lines = "- alice logs in\n- alice is disconnected: { within: 1ms }"
      assert.deepStrictEqual(logOf(yield* playing(lines, spawned(program("correct")))), [["starting"], []])
      const crash = yield* playing(hello, spawned(program("crashes on a message")))
      assert.deepStrictEqual(logOf(crash), [["starting"], ["about to give up"]])
    })
  )

  it.live(
    "ends with a scenario what has left its group and keeps its output open, and names what it has to look for",
    () =>
      Effect.gen(function* () {
        const runaway = `sleep ${1_000 + Math.random()}`
        for (const mayUseNamespace of [true, false]) {
          const command = `setsid ${runaway} & ${program("correct")}`
          const target = spawn({ command, port: undefined, ...common, mayUseNamespace })
          const outcome = yield* playing(hello, target)
          assert.strictEqual(told(outcome), "passed")
          const isMissed = !mayUseNamespace && hasSocketTables
          if (isMissed) assert.include(outcome.notes.join(), `ended with the scenario: ${runaway}; start`)
          assert.isFalse(isRunning(runaway))
        }
      })
  )

  it.live("starts it in the folder and with the variables that are asked for, and says so in a replay", () =>
    Effect.gen(function* () {
      const command = `test "$PWD $WORD" = "/ x y" && cd "${process.cwd()}" && ${program("correct")}`
      const target = spawn({ command, port: undefined, cwd: "/", variables: ["WORD=x y", "PATH"], ...common })
      assert.strictEqual(told(yield* playing(hello, target)), "passed")
      assert.match(target.arguments, /' --cwd \/ --env 'WORD=x y' --env PATH$/)
    })
  )

  it.live("leaves the input of a server open", () =>
    Effect.gen(function* () {
      assert.strictEqual(told(yield* playing(hello, spawned(program("ends with its input")))), "passed")
    })
  )

  it.live("advises to start in the foreground what leaves a server in the background", () =>
    Effect.gen(function* () {
      const { reason } = yield* failing(spawned(`${program("correct")} &`))
      assert.match(
        reason,
        /^it ended \(exit code 0\) before .*; if it goes on .* start it in the foreground$/
      )
    })
  )

  it.live("does not outlive a harness that is killed", () =>
    Effect.gen(function* () {
      const scenario = join(folder, "waits.yaml")
      writeFileSync(
        scenario,
        "scenario: somebody waits\nwithin: 60s\ncast: [alice]\nsteps:\n  - alice connects\n  - alice receives: { type: message }\n"
      )
      const port = yield* freePort
      const command = program("correct").replace("{port}", String(port))
      const flags = ["scenario", scenario, "--spawn", command, "--port", String(port)]
      const harness = yield* start({ command: [process.execPath, "harness/main.ts", ...flags] })
      yield* harness.listens(accepts(port), 0)
      yield* harness.kill
      while (yield* accepts(port));
    })
  )

  it.live("starts it again in the middle of a scenario", () =>
    Effect.gen(function* () {
      const outcome = yield* playing(
        `- alice logs in\n- the server restarts\n- alice logs in\n- alice asks who is there\n- alice receives: { status: success, users: [alice] }`,
        spawned(program("correct"))
      )
      assert.strictEqual(told(outcome), "passed")
    })
  )

  it.live("tells how a program ended that should have listened, with its last words", () =>
    Effect.gen(function* () {
      const { lastLines, reason } = yield* failing(spawned("echo first; echo boom >&2; exit 7 # {port}"))
      assert.match(reason, /^it ended \(exit code 7\) before it listened on port \d+; it was started without/)
      assert.deepStrictEqual(lastLines, ["boom"])
    })
  )

  it.live("tells what this machine could not start from what ended by itself", () =>
    Effect.gen(function* () {
      const nowhere = spawn({ command: "true # {port}", port: undefined, cwd: "/nowhere", ...common })
      const missed = yield* failing(nowhere)
      assert.isTrue(missed.isMachineToBlame)
      assert.match(missed.reason, /^this machine cannot start it/)
      assert.isFalse((yield* failing(spawned("exit 7 # {port}"))).isMachineToBlame)
    })
  )

  it.live("gives up on a program that never listens, and ends it", () =>
    Effect.gen(function* () {
      const patience = spawn({ command: "sleep 100 # {port}", port: undefined, ...common, timeScale: 0.02 })
      const { reason } = yield* failing(patience)
      assert.match(reason, /^it did not listen on port \d+ within 200 ms$/)
    })
  )

  it.live("does not take another program for the one it started", () =>
    Effect.gen(function* () {
      const port = yield* freePort
      const other = yield* Effect.acquireRelease(
        Effect.callback<net.Server>((resume) => {
          const server = net.createServer().listen(port, "127.0.0.1", () => resume(Effect.succeed(server)))
        }),
        (server) => Effect.sync(() => server.close())
      )
      assert.isTrue(other.listening)
      const { reason } = yield* failing(spawned("sleep 100", port))
      assert.strictEqual(reason, `another program listens on port ${port} already; end it first`)
    })
  )

  it.live("tries a fixed port again that is still blocked", () =>
    Effect.gen(function* () {
      const port = yield* freePort
      const command = program("finds its port taken once", "taken").replace("{port}", String(port))
      assert.strictEqual(told(yield* playing("- alice logs in", spawned(command, port))), "passed")
    })
  )

  it.live("tries another port where any will do and one turns out to be taken", () =>
    Effect.gen(function* () {
      const outcome = yield* playing("- alice logs in", spawned(program("finds its port taken once", "any")))
      assert.strictEqual(told(outcome), "passed")
    })
  )

  it.live("gives a port to one harness at a time, and goes on where a port is held", () =>
    Effect.gen(function* () {
      const first = yield* freePort
      const held = first + 1
      yield* Effect.acquireRelease(
        Effect.callback<Socket>((resume) => {
          const socket = createSocket("udp4")
          socket.once("error", () => resume(Effect.succeed(socket))) // somebody else holds it
          socket.bind(held, "127.0.0.1", () => resume(Effect.succeed(socket)))
        }),
        (socket) => Effect.sync(() => socket.close())
      )
      assert.notInclude([first, held], yield* freePort)
    })
  )

  for (const [mode, how] of [
    ["crashes on a message", "exit code 3"],
    ["dies of a signal", "signal SIGSEGV"]
  ] as const)
    it.live(`tells of a server that ${mode}`, () =>
      Effect.gen(function* () {
        const outcome = yield* playing(hello, spawned(program(mode)))
        assert.match(
          told(outcome),
          /^failed at alice says: .* received the server (closed|reset) the connection/
        )
        assert.strictEqual(outcome.failure!.crash, how)
        if (mode === "crashes on a message")
          assert.deepStrictEqual(outcome.failure!.lastLines, ["about to give up"])
      })
    )
})

/** The outcome of a scenario over TLS, a reset included, or the reason for which there is none. */
const over = (command: string, trust: Trust | undefined) =>
  Effect.match(
    playing(
      `${hello}\n- bob is cut off\n- alice sees that bob is gone`,
      spawn({ command, port: undefined, ...common, trust })
    ),
    { onSuccess: told, onFailure: ({ reason }) => reason }
  )

const reply = (message: string) => JSON.stringify({ status: "success", message })

describe("--tls and --ca", () => {
  it.live("go on reading after a half-close, whatever came with what it waited for", () =>
    Effect.gen(function* () {
      const { ca, certFile, keyFile } = yield* makeCertificate
      const [cert, key] = [readFileSync(certFile), readFileSync(keyFile)]
      const server = yield* Effect.acquireRelease(
        Effect.callback<tls.Server>((resume) => {
          const server = tls.createServer({ cert, key, allowHalfOpen: true }, (socket) => {
            socket.on("error", () => undefined).on("end", () => socket.end())
            socket.on("data", (request) => {
              const isPing = request.includes("ping")
              socket.write(
                isPing ? reply("first").padEnd(16_384) + reply("second") : '{"status":"success","users":[]}'
              )
            })
          })
          server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
        }),
        (server) => Effect.sync(() => server.close())
      )
      const { port } = server.address() as net.AddressInfo
      const trust = { tls: { ca }, arguments: "" }
      const outcome = yield* playing(
        `- alice connects
- alice sends: { type: ping }
- alice receives: { status: success, message: first }
- alice half-closes: { at once: true }
- alice receives: { status: success, message: second }`,
        connect([{ host: "127.0.0.1", port }], trust)
      )
      assert.strictEqual(told(outcome), "passed")
    })
  )

  it.live("play over TLS, resets included, and say so where the server speaks none or is not trusted", () =>
    Effect.gen(function* () {
      const { certFile, keyFile } = yield* makeCertificate
      const command = `"${process.execPath}" bin/palabre.js serve --host 127.0.0.1 --port {port}`
      const secure = `${command} --tls-cert "${certFile}" --tls-key "${keyFile}"`
      const trusting = yield* Effect.orDie(trustOf(false, certFile))
      assert.strictEqual(yield* over(secure, trusting), "passed")
      assert.match(
        yield* over(secure, yield* Effect.orDie(trustOf(true, undefined))),
        /^the server's certificate is not trusted: pass it with --ca FILE \(DEPTH_ZERO/
      )
      assert.match(
        yield* over(command, trusting),
        /^this server does not speak TLS: leave out --tls and --ca$/
      )
      assert.match(yield* over(secure, undefined), /failed at alice logs in/)
    })
  )
})

describe("self", () => {
  it.live("is our own server, fresh for each scenario and after a restart", () =>
    Effect.gen(function* () {
      const target = self()
      for (const lines of [hello, hello, "- alice logs in\n- the server restarts\n- alice logs in"])
        assert.strictEqual(told(yield* playing(lines, target)), "passed")
    })
  )
})

/** A chat in this process that runs as long as the scope, and where it listens. */
const chatHere = Effect.gen(function* () {
  const chat = makeChat()
  const listener = yield* Effect.acquireRelease(
    Effect.promise(() => listen(chat, 0)),
    (listener) => Effect.sync(() => listener.close())
  )
  return { chat, port: (listener.address() as net.AddressInfo).port }
})

/** A server of ours that runs as long as the scope. */
const running = Effect.gen(function* () {
  const { host, port } = yield* self().start
  return connect([{ host, port }])
})

describe("--connect", () => {
  it.live(
    "is done only when the server has let go of everyone, so that the next scenario finds all seats free",
    () =>
      Effect.gen(function* () {
        const { chat, port } = yield* chatHere
        const served = new Set<Client>()
        const { accept } = chat
        chat.accept = (socket) => {
          accept(socket)
          for (const client of chat.clients) served.add(client)
        }
        yield* playing("- alice logs in\n- bob logs in", connect([{ host: "127.0.0.1", port }]))
        assert.strictEqual(served.size, 4) // who looks for strangers, both, and the newcomer at the end
        for (const { ended } of served) assert.isTrue(ended)
      })
  )

  it.live("waits for names that an earlier scenario of the run has used", () =>
    Effect.gen(function* () {
      const target = yield* running
      for (let round = 0; round < 5; round++)
        assert.strictEqual(told(yield* playing(hello, target)), "passed")
    })
  )

  it.live("passes strangers over, their names and what they say, and does without the names they hold", () =>
    Effect.gen(function* () {
      const target = yield* running
      const [, address = ""] = / (.+)$/.exec(target.arguments) ?? []
      const zed = yield* connectTo(parseAddress(address))
      yield* zed.login("zed")
      const all = `${hello}\n- alice asks who is there\n- alice receives: { status: success, users: [alice, bob] }`
      const chatter = setInterval(() => zed.send({ type: "message", content: "who are you?" }), 1)
      const outcome = yield* playing(all, target)
      clearInterval(chatter)
      assert.strictEqual(told(outcome), "passed")
      assert.include(outcome.notes.join(), "strangers are connected")
      yield* (yield* connectTo(parseAddress(address))).login("carol")
      assert.strictEqual(told(yield* playing(hello, target)), "skipped: strangers are logged in as carol")
    })
  )

  it.live("skips what needs to be alone where strangers are, and only there", () =>
    Effect.gen(function* () {
      const target = yield* running
      const alone =
        "- alice logs in\n- alice asks who is there\n- alice receives: { status: success, users: [alice] }"
      assert.strictEqual(told(yield* playing(alone, target, "needs: [alone]\n")), "passed")
      const { port } = yield* Effect.scoped(target.start)
      const stranger = net.connect({ host: "127.0.0.1", port })
      stranger.write('{"type":"login","username":"stranger"}\n')
      yield* Effect.promise(() => new Promise((resolve) => stranger.once("data", resolve)))
      const outcome = yield* playing(alone, target, "needs: [alone]\n")
      stranger.destroy()
      assert.strictEqual(told(outcome), "skipped: strangers are connected: stranger")
    })
  )

  it.live("our own server has a port that no system gives away while it restarts", () =>
    Effect.gen(function* () {
      const { port, restart } = yield* self().start
      assert.isBelow(port, 32_768)
      yield* restart
      assert.isTrue(yield* accepts(port))
    }).pipe(Effect.scoped)
  )

  it.live("tells where else on this machine somebody listens", () =>
    Effect.gen(function* () {
      const port = yield* freePort
      const server = net.createServer()
      yield* Effect.promise(() => new Promise<void>((done) => server.listen({ port, host: "::1" }, done)))
      const { reason } = yield* failing(connect([{ host: "127.0.0.1", port }]))
      server.close()
      assert.strictEqual(
        reason,
        `nobody accepts connections at 127.0.0.1:${port}, but somebody does at [::1]:${port}`
      )
    })
  )

  it.live("a program that speaks of a bind and ends is not waited for where its port is free", () =>
    Effect.gen(function* () {
      const port = yield* freePort
      const speaks = spawned("echo 'bind: Address already in use (EADDRINUSE)' >&2; exit 1", port)
      const { isPortTaken, reason } = yield* failing(speaks)
      assert.isFalse(isPortTaken)
      assert.include(reason, `it ended (exit code 1) before it listened on port ${port}`)
    })
  )

  it.live("tells where nobody listens", () =>
    Effect.gen(function* () {
      const port = yield* freePort
      assert.strictEqual(
        (yield* failing(connect([{ host: "127.0.0.1", port }]))).reason,
        `nobody accepts connections at 127.0.0.1:${port}`
      )
    })
  )
})
