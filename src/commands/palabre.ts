import * as Command from "effect/cli/Command"
import { client } from "./client.ts"
import { serve } from "./serve.ts"

/** The commands of the chat: the server and the client. */
export const chatCommands = [serve, client] as const

/** Both as a command line of their own, for which nothing else is loaded. */
export const palabre = Command.make("palabre").pipe(
  Command.withDescription("A chat server over TCP, and its client"),
  Command.withSubcommands(chatCommands)
)
