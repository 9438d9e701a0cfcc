import * as Effect from "effect/Effect"
import type { Ending } from "../net/Ending.ts"
import type { Request } from "../Protocol.ts"
import { type Conversation, type Handler, idle } from "./Conversation.ts"
import { history } from "./History.ts"
import { join } from "./Join.ts"
import { leave } from "./Leave.ts"
import { list } from "./List.ts"
import { login } from "./Login.ts"
import { logout } from "./Logout.ts"
import { message } from "./Message.ts"
import { ping } from "./Ping.ts"
import { rooms } from "./Rooms.ts"

/** The handler of each request. To add one, add a row in `Protocol`, a file here, and a row in this table. */
const handlers: { readonly [Type in Request["type"]]: Handler<Type> } = {
  login,
  message,
  list,
  logout,
  ping,
  join,
  leave,
  rooms,
  history
}

/** Messages of one client that may be on their way through the log at once. */
const inFlightMax = 32

/** Carries out a request. Messages need not wait for those before, everything else does: answers keep their order. */
export const carryOut = (conversation: Conversation, request: Request): Effect.Effect<void, Ending> => {
  const handler = handlers[request.type] as Handler<Request["type"]>
  const inFlightBefore = request.type === "message" ? inFlightMax : 1
  return conversation.inFlight < inFlightBefore
    ? handler(conversation, request)
    : Effect.andThen(
        idle(conversation),
        Effect.suspend(() => handler(conversation, request))
      )
}
