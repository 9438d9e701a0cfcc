import * as Command from "effect/cli/Command"
import { checkConfig } from "./checkConfig.ts"
import { client } from "./client.ts"
import { nodes } from "./nodes.ts"
import { serve } from "./serve.ts"
import { store } from "./store.ts"

/** The commands of the chat: the server, the client, a check of the server's settings, the care of its file, and a list of servers. */
export const chatCommands = [serve, client, checkConfig, store, nodes] as const

/** All as a command line of their own, for which nothing else is loaded. */
export const palabre = Command.make("palabre").pipe(
  Command.withDescription("A chat server over TCP, and its client"),
  Command.withSubcommands(chatCommands)
)
