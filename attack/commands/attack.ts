import * as Command from "effect/cli/Command"
import { fuzz } from "./fuzz.ts"
import { resume } from "./resume.ts"
import { soak } from "./soak.ts"

/** The commands that try to break the server. */
export const attack = Command.make("pnpm").pipe(
  Command.withDescription("Tries to break the server"),
  Command.withSubcommands([fuzz, soak, resume])
)
