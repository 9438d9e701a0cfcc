import { existsSync } from "node:fs"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { Failure } from "../../src/commands/Cli.ts"
import { clauses, isClauseId } from "../language/Clauses.ts"
import { explainedClause, explainedScenario } from "../report/Explanation.ts"
import { Screen } from "../report/Output.ts"
import { everyFolder, loadScenarios } from "../scenario/Files.ts"
import { nameOf } from "../scenario/Name.ts"
import { didYouMean } from "../yaml/Mistake.ts"
import { exitCodes } from "./exitCodes.ts"
import { locale } from "./flags.ts"
import { onMistakes } from "./mistakes.ts"

/** `pnpm scenario explain`: what a clause demands, why, and what usually breaks it; or what a scenario is about. */
export const explain = Command.make(
  "explain",
  {
    name: Argument.String("name").pipe(
      Argument.withDescription("a clause such as MSG-3, or a scenario: its file or name")
    ),
    locale
  },
  Effect.fnUntraced(function* ({ locale: texts, name }) {
    const paths = existsSync(name) ? [name] : []
    const files = paths.length > 0 ? paths : everyFolder()
    const scenarios = yield* Effect.catchTag(loadScenarios(files), "FileInvalid", onMistakes)
    const writing = { texts, ...new Screen(process.env).writing }
    const id = name.toUpperCase()
    const named = scenarios.find(({ file }) => paths.length > 0 || nameOf(file) === nameOf(name))
    if (isClauseId(id)) return yield* show(explainedClause(id, scenarios, writing))
    if (named !== undefined) return yield* show(explainedScenario(named, writing))
    const known = [...Object.keys(clauses), ...scenarios.map(({ file }) => nameOf(file))]
    const message = texts.explanation.unknown(name, didYouMean(name, known))
    return yield* Effect.fail(new Failure(message, exitCodes.usage))
  })
).pipe(Command.withDescription("Explains a clause, with its usual mistakes and their cures, or a scenario"))

const show = (lines: ReadonlyArray<string>) => Console.log(lines.join("\n"))
