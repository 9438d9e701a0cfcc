import { existsSync } from "node:fs"
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { startContained, wayIn } from "../../process/Contained.ts"
import { start } from "../../process/Process.ts"
import { canContain, removeWorkplace, sandbox, workplace } from "../../process/Sandbox.ts"
import { hasSocketTables } from "../../process/SocketTable.ts"
import { isRunning } from "../support/isRunning.ts"

const mayUseNamespaces = (await Effect.runPromise(wayIn)) !== undefined

/** A command that a test finds again among those of the whole machine. */
const sleep = () => `sleep ${1_000 + Math.random()}`

/** A command that runs the script behind it. */
const node = [process.execPath, "--input-type=module", "-e"]

/** What a program prints that ends by itself. */
const printed = (command: string, options?: Partial<Parameters<typeof startContained>[0]>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const process = yield* startContained({ command, ...options })
      const { how } = yield* process.end
      return { how, text: process.output.text, errors: process.errors.text }
    })
  )

const place = workplace()
afterAll(() => removeWorkplace(place))
const inSandbox = sandbox({ workplace: place, readable: [], hasNetwork: false, tasksMax: 100 })

describe.each([
  { way: "in a namespace", mayUseNamespace: true, skip: !mayUseNamespaces },
  { way: "by its mark", mayUseNamespace: false, skip: !hasSocketTables },
  {
    way: "in a sandbox",
    mayUseNamespace: true,
    within: inSandbox,
    skip: !(await Effect.runPromise(canContain))
  }
])("a contained program, $way", ({ mayUseNamespace, skip, within }) => {
  const contained = (command: string) => startContained({ command, sandbox: within }, mayUseNamespace)

  it.live.skipIf(skip)("ends as it would by itself", () =>
    Effect.gen(function* () {
      for (const signal of ["HUP", "INT", "QUIT", "ABRT", "FPE", "KILL", "SEGV", "PIPE", "TERM"]) {
        const process = yield* contained(`kill -${signal} $$`)
        assert.strictEqual((yield* process.end).how, `signal SIG${signal}`)
        assert.deepStrictEqual(process.lastLines, [])
      }
      const process = yield* contained("echo out; echo err >&2; exit 7")
      assert.strictEqual((yield* process.end).how, "exit code 7")
      assert.deepStrictEqual([process.output.text, process.errors.text], ["out\n", "err\n"])
    })
  )

  it.live.skipIf(skip)("takes with it all that it has started, also what has left its group", () =>
    Effect.gen(function* () {
      const [near, far, twice] = [sleep(), sleep(), sleep()]
      const command = `${near} & setsid ${far} & setsid sh -c "setsid ${twice} & echo here; wait" & wait`
      yield* Effect.scoped(
        Effect.gen(function* () {
          const process = yield* contained(command)
          yield* process.prints(/here/)
          yield* Effect.repeat(
            Effect.sync(() => [near, far, twice].every(isRunning)),
            { until: (all) => all }
          )
          if (!mayUseNamespace) assert.includeMembers([...process.strays], [far, twice])
        })
      )
      assert.deepStrictEqual([near, far, twice].filter(isRunning), [])
    })
  )

  it.live.skipIf(skip)("leaves nothing behind where its starter is killed", () =>
    Effect.gen(function* () {
      const [near, far] = [sleep(), sleep()]
      const script = `
        import { startContained } from "./process/Contained.ts"
        import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
        const command = "setsid ${far} & ${near}"
        Effect.runFork(Effect.scoped(Effect.andThen(startContained({ command, sandbox: ${JSON.stringify(within)} }, ${mayUseNamespace}), Effect.never)))`
      const starter = yield* start({ command: [...node, script] })
      const waitFor = (count: number) =>
        Effect.repeat(
          Effect.sync(() => [near, far].filter(isRunning).length),
          { until: (running) => running === count, schedule: Schedule.spaced(10) }
        )
      yield* waitFor(2)
      process.kill(starter.pid!, "SIGKILL")
      yield* waitFor(0)
    })
  )

  it.live.skipIf(skip)("hears SIGTERM, and cannot kill whoever started it", () =>
    Effect.gen(function* () {
      const process = yield* contained(
        "trap 'echo asked; exit 3' TERM; kill -KILL $PPID; echo up; sleep 600 & wait"
      )
      yield* process.prints(/up/)
      process.signal("SIGTERM")
      yield* process.prints(/asked/)
    })
  )
})

describe("a contained program", () => {
  it.live("gets few variables, those that it is handed, and a home", () =>
    Effect.gen(function* () {
      const { text } = yield* printed("env; test -d $HOME && echo there", { variables: { WORD: "x y" } })
      const names = text.split("\n").map((line) => line.split("=")[0])
      assert.includeMembers(names, ["PATH", "HOME", "WORD", "there"])
      const surplus = names.filter(
        (name) => !/^(PATH|HOME|WORD|TMPDIR|LANG|LC_\w+|PWD|SHLVL|_|OLDPWD|PALABRE_RUN|there|)$/.test(name!)
      )
      assert.deepStrictEqual(surplus, [])
      assert.notStrictEqual(/^HOME=(.*)$/m.exec(text)![1], process.env["HOME"])
      assert.include((yield* printed("echo $HOME", { variables: { HOME: "/here" } })).text, "/here")
    })
  )

  it.live("is started in the folder that is asked for", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* printed("pwd", { cwd: "/" })).text, "/\n")
      assert.strictEqual((yield* printed("pwd")).text, `${process.cwd()}\n`)
    })
  )

  it.live("inherits no descriptor, and its home is gone once its starter is", () =>
    Effect.gen(function* () {
      const script = `
        import { startContained } from "./process/Contained.ts"
        import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
        await Effect.runPromise(Effect.scoped(Effect.gen(function* () {
          const child = yield* startContained({ command: "echo $HOME; ls -l /proc/self/fd; touch $HOME/x" })
          yield* child.end
          console.log(child.output.text)
        })))`
      const open = 'exec 9< package.json 20< package.json 300< package.json; exec "$0" "$@"'
      const starter = yield* start({ command: ["bash", "-c", open, ...node, script] })
      yield* starter.end
      const [home, ...descriptors] = starter.output.text.trim().split("\n")
      assert.include(home, "palabre-home-")
      assert.notInclude(descriptors.join("\n"), "package.json")
      yield* Effect.repeat(
        Effect.sync(() => existsSync(home!)),
        { while: (isThere) => isThere }
      )
    })
  )
})
