import * as Command from "effect/cli/Command"
import { checkConfig } from "./checkConfig.ts"
import { client } from "./client.ts"
import { serve } from "./serve.ts"

/** The commands of the chat: the server, the client, and a check of the server's settings. */
export const chatCommands = [serve, client, checkConfig] as const

/** All as a command line of their own, for which nothing else is loaded. */
export const palabre = Command.make("palabre").pipe(
  Command.withDescription("A chat server over TCP, and its client"),
  Command.withSubcommands(chatCommands)
)
