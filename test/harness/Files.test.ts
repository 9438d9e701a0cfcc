import { execFileSync } from "node:child_process"
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { loadScenarios } from "../../harness/scenario/Files.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

const scenario = (title: string, text = "hello"): string =>
  `scenario: ${title}\ncast: [alice]\nsteps:\n  - alice logs in\n  - alice says: ${text}\n`

/** The titles of what is loaded, or the mistakes with their places inside the folder. */
const loaded = (paths: ReadonlyArray<string>, inside: string): Effect.Effect<ReadonlyArray<string>> =>
  loadScenarios(paths).pipe(
    Effect.map((scenarios) => scenarios.map(({ title }) => title)),
    Effect.catchTag("FileInvalid", ({ mistakes }) =>
      Effect.succeed(
        mistakes.map(
          ({ column, file, line, message }) => `${file.slice(inside.length + 1)}:${line}:${column} ${message}`
        )
      )
    )
  )

describe("scenario files", () => {
  it.effect("of a folder are those that end in .yaml or .yml", () =>
    Effect.gen(function* () {
      const path = temporaryFolder()
      writeFileSync(join(path, "b.yml"), scenario("b"))
      writeFileSync(join(path, "a.yaml"), scenario("a"))
      writeFileSync(join(path, "c.txt"), "no scenario")
      symlinkSync("editor@host.1234:5678", join(path, ".#a.yaml"))
      writeFileSync(join(path, "._a.yaml"), "what a file manager keeps")
      assert.deepStrictEqual(yield* loaded([path], path), ["a", "b"])
    })
  )

  it.effect("that cannot be read are mistakes like others", () =>
    Effect.gen(function* () {
      const path = temporaryFolder()
      mkdirSync(join(path, "a.yaml"))
      symlinkSync(join(path, "nowhere"), join(path, "b.yaml"))
      execFileSync("mkfifo", [join(path, "c.yaml")])
      symlinkSync("/dev/zero", join(path, "d.yaml"))
      writeFileSync(join(path, "e.yaml"), "# too long".padEnd(70_000))
      assert.deepStrictEqual(yield* loaded([path], path), [
        "a.yaml:1:1 cannot read this file: it is a folder",
        "b.yaml:1:1 cannot read this file: no such file, or a broken link",
        "c.yaml:1:1 cannot read this file: it is not a regular file",
        "d.yaml:1:1 cannot read this file: it is not a regular file",
        "e.yaml:1:1 cannot read this file: it is longer than 65536 bytes"
      ])
    })
  )

  it.effect("are UTF-8, so that é and è stay apart", () =>
    Effect.gen(function* () {
      const path = temporaryFolder()
      writeFileSync(join(path, "a.yaml"), Buffer.from(scenario("a", "été"), "latin1"))
      writeFileSync(join(path, "b.yaml"), Buffer.from(`\ufeff${scenario("b")}`, "utf16le"))
      assert.deepStrictEqual(yield* loaded([path], path), [
        "a.yaml:1:1 this file is not UTF-8; save it as UTF-8",
        "b.yaml:1:1 this file is not UTF-8; save it as UTF-8"
      ])
    })
  )

  it.effect("may begin with a byte order mark, which is no column", () =>
    Effect.gen(function* () {
      const path = temporaryFolder()
      writeFileSync(join(path, "a.yaml"), `\ufeff${scenario("a").replace("scenario", "scenaro")}`)
      assert.deepStrictEqual(yield* loaded([path], path), [
        'a.yaml:1:1 unknown key "scenaro"; did you mean "scenario"?',
        'a.yaml:1:1 "scenario" is missing'
      ])
    })
  )

  it.effect("are played once, however often they are named", () =>
    Effect.gen(function* () {
      const path = temporaryFolder()
      const file = join(path, "a.yaml")
      writeFileSync(file, scenario("a"))
      assert.deepStrictEqual(yield* loaded([file, path, `${file}:2`], path), ["a"])
    })
  )

  it.effect("have each line that is named", () =>
    Effect.gen(function* () {
      const path = temporaryFolder()
      const file = join(path, "a.yaml")
      writeFileSync(file, scenario("a"))
      assert.deepStrictEqual(yield* loaded([`${file}:2`, `${file}:60`], path), [
        "a.yaml:6:1 line 60 is past the end of this file"
      ])
    })
  )

  it.effect("have titles of their own", () =>
    Effect.gen(function* () {
      const path = temporaryFolder()
      writeFileSync(join(path, "a.yaml"), scenario("same"))
      writeFileSync(join(path, "b.yaml"), scenario("same"))
      assert.deepStrictEqual(yield* loaded([path], path), [
        `b.yaml:1:1 ${path}/a.yaml:1 has the same title; titles must be unique`
      ])
    })
  )
})
