import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import { everyFolder, loadScenarios } from "../scenario/Files.ts"
import { count } from "../Format.ts"
import { paths } from "./flags.ts"
import { onMistakes } from "./mistakes.ts"

/** `pnpm scenario check`: reads the files and says what is wrong in them; nothing is played. */
export const check = Command.make(
  "check",
  { paths },
  Effect.fnUntraced(function* (input) {
    const paths = input.paths.length > 0 ? input.paths : everyFolder()
    const scenarios = yield* Effect.catchTag(loadScenarios(paths), "FileInvalid", onMistakes)
    yield* Console.log(`${count(scenarios.length, "scenario")}, no mistakes`)
  })
).pipe(Command.withDescription("Reads scenario files and says what is wrong in them; nothing is played"))
