import * as Command from "effect/cli/Command"
import { diagram } from "./diagram.ts"
import { grade } from "./grade.ts"
import { record } from "./record.ts"
import { repl } from "./repl.ts"
import { scenario } from "./scenario.ts"

/** The commands of the harness. */
export const harnessCommands = [scenario, diagram, repl, record, grade] as const

/** The harness as a command line of its own. */
export const harness = Command.make("pnpm").pipe(
  Command.withDescription("Plays scenarios against a chat server and judges it"),
  Command.withSubcommands(harnessCommands)
)
