import type * as Effect from "effect/Effect"
import type { Ending } from "../net/Connection.ts"
import type { Request } from "../Protocol.ts"
import type { Conversation, Handler } from "./Conversation.ts"
import { list } from "./List.ts"
import { login } from "./Login.ts"
import { logout } from "./Logout.ts"
import { message } from "./Message.ts"
import { ping } from "./Ping.ts"

/** The handler of each request. To add one, add a row in `Protocol`, a file here, and a row in this table. */
const handlers: { readonly [Type in Request["type"]]: Handler<Type> } = { login, message, list, logout, ping }

/** Carries out a request. */
export const carryOut = (conversation: Conversation, request: Request): Effect.Effect<void, Ending> =>
  (handlers[request.type] as Handler<Request["type"]>)(conversation, request)
