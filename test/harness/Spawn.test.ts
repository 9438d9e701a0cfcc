import { readFileSync, writeFileSync } from "node:fs"
import { createSocket, type Socket } from "node:dgram"
import net from "node:net"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Outcome } from "../../harness/verdict/Outcome.ts"
import { spawn } from "../../harness/targets/Spawn.ts"
import { accepts, freePort, isListenedOn } from "../../process/Port.ts"
import { start } from "../../process/Process.ts"
import { hasSocketTables } from "../../process/SocketTable.ts"
import { isRunning } from "../support/isRunning.ts"
import { told } from "./playing.ts"
import { common, failing, hello, playing, spawned } from "./targeting.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

const folder = temporaryFolder()

const program = (mode: string, file = ""): string =>
  `"${process.execPath}" test/harness/program.ts {port} "${mode}" "${join(folder, file)}"`

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

  it.live("a program that speaks of a bind and ends is not waited for where its port is free", () =>
    Effect.gen(function* () {
      const port = yield* freePort
      const speaks = spawned("echo 'bind: Address already in use (EADDRINUSE)' >&2; exit 1", port)
      const { isPortTaken, reason } = yield* failing(speaks)
      assert.isFalse(isPortTaken)
      assert.include(reason, `it ended (exit code 1) before it listened on port ${port}`)
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
