import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { paths, selectionFlags, selectionOf } from "./flags.ts"
import { selected } from "./selected.ts"

/** `pnpm scenario list`: what there is to play, for people or, with `--json`, for the matrix of a CI. */
export const list = Command.make(
  "list",
  {
    paths,
    ...selectionFlags,
    json: Flag.Boolean("json").pipe(
      Flag.withDescription("one JSON array: file, line, scenario, proves, level, tags, needs"),
      Flag.withDefault(false)
    )
  },
  Effect.fnUntraced(function* (input) {
    const scenarios = yield* selected(input.paths, selectionOf(input))
    if (input.json) {
      const entries = scenarios.map(({ file, level, line, needs, proves, tags, title }) => ({
        file,
        line,
        scenario: title,
        proves,
        level,
        tags,
        needs
      }))
      return yield* Console.log(JSON.stringify(entries, null, 2))
    }
    for (const { file, level, proves, title } of scenarios)
      yield* Console.log(`${file}  ${title}  ${level} ${proves.join(" ")}`.trimEnd())
  })
).pipe(Command.withDescription("Lists the scenarios that are selected, all by default"))
