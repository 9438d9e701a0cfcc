import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { runner } from "../../src/Invocation.ts"
import { gradeFlags, locale } from "./flags.ts"

/** `pnpm grade`: builds and judges the submissions of a class, each in a sandbox of its own. */
export const grade = Command.make(
  "grade",
  {
    file: Argument.String("class.yaml").pipe(
      Argument.withDescription("the class file: where the submissions are, and how they are built and judged")
    ),
    ...gradeFlags,
    locale
  },
  Effect.fnUntraced(function* (input) {
    const { runGrade } = yield* Effect.promise(() => import("./runGrade.ts"))
    return yield* runGrade(input)
  })
).pipe(
  Command.withDescription(
    "Builds and judges the submissions of a class, each in a sandbox of its own, once the reference has passed everything; goes on where it was interrupted. Exit codes: " +
      "0 all graded, whatever their marks, 2 wrong usage or an invalid file, 3 nothing could be graded, or the reference does not pass, 4 somebody is inconclusive, 74 output cannot be written."
  ),
  Command.withExamples([
    { command: `${runner} grade class.yaml`, description: "everybody who is not graded yet, or has changed" },
    { command: `${runner} grade class.yaml --only alice`, description: "one submission anew" },
    {
      command: `${runner} grade class.yaml --confirm 3`,
      description: "what fails counts if it fails three times"
    }
  ])
)
