import * as Command from "effect/cli/Command"
import { client } from "./client.ts"
import { serve } from "./serve.ts"

/** The command line of the project: the server and the client. */
export const palabre = Command.make("palabre").pipe(
  Command.withDescription("A chat server over TCP, and its client"),
  Command.withSubcommands([serve, client])
)
