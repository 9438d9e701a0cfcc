import { answerInPlace, carryOutRequest, type Handler, refuse } from "./Conversation.ts"
import { parted } from "./News.ts"

/** Leaves a room (ROOM-2). */
export const leave: Handler<"leave"> = (conversation, { id, room: name }) => {
  const { connection, follower, house } = conversation
  if (conversation.username === undefined) return refuse(conversation, "not_logged_in", id)
  const operation = { t: "part", id: connection.id, room: name } as const
  return carryOutRequest(conversation, operation, id, "parted", (result) => {
    const { room } = result
    const bytes = house.replies.done({ room: room.name })
    const tell = parted(house, result)
    return () => {
      house.hub.audiences.leave(room.key, connection)
      follower?.unfollow(room.key)
      answerInPlace(conversation, bytes, id)
      return tell()
    }
  })
}
