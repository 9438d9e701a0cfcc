import * as Effect from "effect/Effect"
import { Failure } from "../../src/commands/Cli.ts"
import { loadScenarios } from "../scenario/Files.ts"
import { select, type Selection } from "../scenario/Selection.ts"
import { exitCodes } from "./exitCodes.ts"
import { onMistakes } from "./mistakes.ts"

/** The scenarios of these files and folders that are selected; a mistake in any of them is reported instead. */
export const selected = Effect.fnUntraced(function* (paths: ReadonlyArray<string>, selection: Selection) {
  const all = yield* Effect.catchTag(loadScenarios(paths), "FileInvalid", onMistakes)
  const scenarios = select(all, selection)
  if (selection.grep?.tooSlow === true)
    return yield* Effect.fail(
      new Failure(
        "the expression of --grep takes too long over a title; write a simpler one",
        exitCodes.usage
      )
    )
  return scenarios
})
