import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { Failure } from "../src/commands/Cli.ts"
import { excerpt, page } from "./Page.ts"
import { root } from "./Executable.ts"
import type { Result } from "./Result.ts"
import { apart } from "./RunOptions.ts"
import { scaling } from "./Scaling.ts"

/** The markers around the part of the README, or of docs/SCALING.md, that is written here. */
const markers = { from: "<!-- bench -->", to: "<!-- /bench -->" } as const

/** Writes the page and its plot, and the headline into the README where that has a place for it, or the figures of several servers; tells what it did. */
export const writeDocuments = Effect.fnUntraced(
  function* (result: Result) {
    const files = yield* FileSystem.FileSystem
    if (result.sections.every(({ name }) => apart.includes(name))) {
      const path = `${root}docs/SCALING.md`
      const updated = withPart(yield* files.readFileString(path), scaling(result))
      if (updated === undefined)
        return yield* Effect.fail(new Failure(`docs/SCALING.md has no ${markers.from} … ${markers.to}.`))
      yield* files.writeFileString(path, updated)
      return "Wrote the figures of docs/SCALING.md."
    }
    const { plot } = yield* Effect.promise(() => import("./Plot.ts"))
    yield* files.makeDirectory(`${root}docs`, { recursive: true })
    yield* files.writeFileString(`${root}docs/benchmarks.svg`, `${plot(result)}\n`)
    yield* files.writeFileString(`${root}docs/BENCHMARKS.md`, page(result, "benchmarks.svg"))
    const wrote = "Wrote docs/BENCHMARKS.md and docs/benchmarks.svg"
    const readme = yield* Effect.orElseSucceed(files.readFileString(`${root}README.md`), () => "")
    const updated = withPart(readme, excerpt(result, "docs/BENCHMARKS.md"))
    if (updated === undefined)
      return `${wrote}. README.md was left alone: it has no ${markers.from} … ${markers.to} to fill.`
    yield* files.writeFileString(`${root}README.md`, updated)
    return `${wrote}, and the headline into README.md.`
  },
  Effect.catchTag("PlatformError", (error) => Effect.fail(new Failure(error.message)))
)

/** A text with what stands between the markers exchanged; `undefined` where there are none. */
export const withPart = (text: string, part: string): string | undefined => {
  const from = text.indexOf(markers.from)
  const to = text.indexOf(markers.to, from)
  if (from === -1 || to === -1) return undefined
  return `${text.slice(0, from)}${markers.from}\n\n${part}\n\n${text.slice(to)}`
}
