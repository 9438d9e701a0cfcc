import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it, onTestFinished } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { english } from "../../harness/texts/en.ts"
import { readTarget } from "../../harness/targets/Named.ts"
import { spawn } from "../../harness/targets/Spawn.ts"
import { watching } from "../../harness/run/Watch.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

const folder = temporaryFolder()

describe("--watch", () => {
  it.live("plays again after a change, also one that comes while it plays", () =>
    Effect.gen(function* () {
      const file = join(folder, "watched.yaml")
      writeFileSync(file, "first")
      const third = yield* Deferred.make<void>()
      let runs = 0
      const run = Effect.suspend(() => {
        runs++
        if (runs < 3) writeFileSync(file, `changed in run ${runs}`)
        return runs === 3 ? Deferred.succeed(third, undefined) : Effect.void
      })
      yield* Effect.raceFirst(watching([`${file}:7`], run, english), Deferred.await(third))
      assert.strictEqual(runs, 3)
    })
  )

  it.live("goes on where files and folders are removed, come back, and are replaced again and again", () =>
    Effect.gen(function* () {
      const inner = join(folder, "inner")
      const file = join(inner, "replaced.yaml")
      mkdirSync(inner)
      writeFileSync(file, "first")
      const replace = (text: string) => {
        writeFileSync(join(folder, "new"), text)
        renameSync(join(folder, "new"), file)
      }
      const deeds = [
        () => rmSync(file),
        () => replace("once"),
        () => replace("twice"),
        () => rmSync(inner, { recursive: true }),
        () => mkdirSync(inner),
        () => replace("again")
      ]
      const over = yield* Deferred.make<void>()
      const run = Effect.suspend(() => {
        const deed = deeds.shift()
        deed?.()
        return deed === undefined ? Deferred.succeed(over, undefined) : Effect.fail({ message: "wrong" })
      })
      yield* Effect.raceFirst(watching([file], run, english), Deferred.await(over))
      assert.isEmpty(deeds)
    })
  )

  it.live("is told of scenarios in a folder, and of nothing else that is written there", () =>
    Effect.gen(function* () {
      const second = yield* Deferred.make<boolean>()
      const more = join(folder, "more.yaml")
      let runs = 0
      const run = Effect.suspend(() => {
        if (++runs === 2) return Deferred.succeed(second, existsSync(more))
        writeFileSync(join(folder, "report.xml"), "")
        const later = setTimeout(() => writeFileSync(more, ""), 200)
        onTestFinished(() => clearTimeout(later))
        return Effect.void
      })
      assert.isTrue(yield* Effect.raceFirst(watching([folder], run, english), Deferred.await(second)))
    })
  )

  const program = join(folder, "my server.py")
  const command = `cd "${folder}"; exec python3 './my server.py' {port} >log`
  const entries = join(folder, "targets.yaml")
  it.live.each([
    {
      way: "--spawn",
      target: Effect.sync(() =>
        spawn({ command, port: undefined, cwd: folder, timeScale: 1, texts: english })
      )
    },
    {
      way: "an entry of targets.yaml",
      target: Effect.suspend(() => {
        writeFileSync(entries, JSON.stringify({ mine: { start: command, cwd: folder } }))
        return Effect.orDie(readTarget("mine", 1, english, { file: entries, scenarios: [] }))
      })
    }
  ])("plays again when the program of a server has changed that $way starts", ({ target }) =>
    Effect.gen(function* () {
      const file = join(folder, "of-program.yaml")
      for (const path of [file, program]) writeFileSync(path, "")
      const { files = [] } = yield* target
      assert.deepStrictEqual(files, [program])
      const second = yield* Deferred.make<void>()
      let runs = 0
      const run = Effect.suspend(() => {
        if (++runs === 2) return Deferred.succeed(second, undefined)
        writeFileSync(program, "changed")
        return Effect.void
      })
      yield* Effect.raceFirst(watching([file], run, english, files), Deferred.await(second))
      assert.strictEqual(runs, 2)
    })
  )

  it.live("fails at once where there is nothing to watch", () =>
    Effect.gen(function* () {
      const failure = yield* Effect.flip(
        watching([join(folder, "nowhere.yaml")], Effect.fail({ message: "nowhere" }), english)
      )
      assert.strictEqual(failure.message, "nowhere")
    })
  )
})
