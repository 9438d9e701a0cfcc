import * as Effect from "effect/Effect"
import { answerInPlace, carryOutInTurn, type Handler, presenceIn, refusal, refuse } from "./Conversation.ts"

/** Leaves a room (ROOM-2). */
export const leave: Handler<"leave"> = (conversation, { id, room: name }) => {
  const { connection, follower, house } = conversation
  if (conversation.username === undefined) return refuse(conversation, "not_logged_in", id)
  return Effect.asVoid(
    carryOutInTurn(conversation, { t: "part", id: connection.id, room: name }, (result) => {
      if (result.t === "refused") return refusal(conversation, result.code, id)
      if (result.t !== "parted") return () => {} // the session goes on in another connection
      const { holder, room } = result
      const bytes = house.replies.done({ room: room.name })
      return () => {
        house.hub.audiences.leave(room.key, connection)
        follower?.unfollow(room.key)
        answerInPlace(conversation, bytes, id)
        return presenceIn(conversation, [room], "left", holder.username)
      }
    })
  )
}
