import * as Effect from "effect/Effect"
import type { Ending } from "../net/Connection.ts"
import { carryOutInTurn, type Conversation, presenceIn } from "./Conversation.ts"

/**
 * Gives up what the client of an ended connection holds, in its turn among the broadcasts. A session is kept, unless
 * somebody ended it on purpose.
 */
export const depart = (conversation: Conversation, username: string): Effect.Effect<void> => {
  const { connection, house } = conversation
  const keep = !endsSession.has(connection.ending)
  return Effect.asVoid(
    carryOutInTurn(conversation, { t: "leave", id: connection.id, keep }, (result) => {
      house.clients.delete(connection.id)
      if (result.t !== "left") return () => {} // the session goes on in another connection
      const rooms = [...result.holder.rooms, house.registry.state.lobby]
      house.sessions.left(conversation, result.holder)
      return () => {
        house.hub.audiences.leaveAll(connection)
        house.embedder?.left(username, conversation)
        return presenceIn(conversation, rooms, "left", username)
      }
    })
  )
}

const endsSession: ReadonlySet<Ending | undefined> = new Set(["logout", "kicked"])
