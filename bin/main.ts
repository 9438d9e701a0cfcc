import * as Command from "effect/cli/Command"
import { harnessCommands } from "../harness/commands/harness.ts"
import { runMain } from "../src/commands/Cli.ts"
import { chatCommands } from "../src/commands/palabre.ts"

// Node lets FORCE_COLOR win, and says so; here it is NO_COLOR that counts.
if ((process.env["NO_COLOR"] ?? "") !== "") delete process.env["FORCE_COLOR"]

/** Everything that the package can do, in one command line. */
const palabre = Command.make("palabre").pipe(
  Command.withDescription("A chat server over TCP, its client, and the harness that proves it"),
  Command.withSubcommands([...chatCommands, ...harnessCommands])
)

runMain(palabre, process.argv.slice(2))
