import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { accepts, freePort } from "../../process/Port.ts"
import { run, shell, start } from "../../process/Process.ts"

/** A program of this Node, as a script. */
const script = (text: string): ReadonlyArray<string> => [process.execPath, "-e", text]

/** A script that listens on a port until it is killed. */
const listener = (port: number): string =>
  `require("node:net").createServer((socket) => socket.on("error", () => {})).listen(${port}, "127.0.0.1")`

const readsAll = `process.stdin.on("data", (data) => process.stdout.write(data))`

describe("a process", () => {
  it.live("gives its output, its errors and its exit code", () =>
    Effect.gen(function* () {
      const { ended, errors, output } = yield* run({ command: shell("echo out; echo err >&2; exit 7") })
      assert.deepStrictEqual([output.text, errors.text, ended.code], ["out\n", "err\n", 7])
    })
  )

  it.live("gets its input, its variables and its folder", () =>
    Effect.gen(function* () {
      const { output } = yield* run({ command: script(readsAll), input: "héllo" })
      assert.strictEqual(output.text, "héllo")
      const { output: said } = yield* run({
        command: shell('echo "$WORD" "$PWD"'),
        env: { WORD: "x" },
        cwd: "/"
      })
      assert.strictEqual(said.text, "x /\n")
    })
  )

  it.live("that cannot be started ends with the reason", () =>
    Effect.gen(function* () {
      const { ended } = yield* run({ command: ["/nowhere/at-all"] })
      assert.strictEqual(ended.code, null)
      assert.match(ended.how, /ENOENT/)
    })
  )

  it.live("keeps the last lines of a long output, the first of them whole", () =>
    Effect.gen(function* () {
      const { output } = yield* run({
        command: script('for (let i = 0; i < 50000; i++) console.log("line " + i)')
      })
      assert.isAtMost(output.text.length, 65_536)
      assert.match(output.text, /^line \d+\n/)
      assert.strictEqual(output.lines.at(-1), "line 49999")
      assert.strictEqual(output.lines.length, 20)
    })
  )

  it.live("is waited for until it prints something, and fails where it ends before", () =>
    Effect.gen(function* () {
      const clock = yield* start({ command: shell("echo it is 12; sleep 600") })
      assert.strictEqual((yield* clock.prints(/is (\d+)/))[1], "12")
      const broken = yield* start({ command: shell("echo it is late; kill -SEGV $$") })
      const { how } = yield* Effect.flip(broken.prints(/is (\d+)/))
      assert.strictEqual(how, "signal SIGSEGV")
    })
  )

  it.live("is waited for until it listens, and is gone with its scope and all its children", () =>
    Effect.gen(function* () {
      const port = yield* freePort
      const command = shell(`"${process.execPath}" -e '${listener(port)}' & wait`)
      yield* Effect.scoped(Effect.flatMap(start({ command }), (child) => child.listens(accepts(port), 1)))
      assert.isFalse(yield* accepts(port))
    })
  )

  it.live("answers over its channel", () =>
    Effect.gen(function* () {
      const child = yield* start({
        command: script('process.on("message", (message) => process.send(message + "!"))'),
        ipc: true
      })
      assert.strictEqual(yield* child.ask("hello"), "hello!")
    })
  )
})
