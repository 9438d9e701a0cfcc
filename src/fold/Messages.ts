import { isUsername, usernameKey } from "../Username.ts"
import type { Happening, RefusalCode } from "./Happening.ts"
import type { OperationOf } from "./Operation.ts"
import { answerAgain, digestOf, keepReceipt } from "./Receipts.ts"
import { keepInInbox, keepInRoom } from "./Retention.ts"
import { Said } from "./Ring.ts"
import { isRoomName, roomOf, type Holder } from "./State.ts"
import type { Turn } from "./Turn.ts"

/** Says words, unless a session has said the same under the same `cid` (DEDUP-1). */
export const message = (turn: Turn, operation: OperationOf<"message">): void => {
  const { cid, id } = operation
  const from = turn.holder(id)
  if (from === undefined) return
  const { session } = from
  if (cid === undefined || session === undefined) return turn.tell(send(turn, from, operation))
  const digest = digestOf(operation)
  const receipt = session.receipts.get(cid)
  const happening = receipt === undefined ? send(turn, from, operation) : answerAgain(receipt, digest)
  keepReceipt(session, cid, digest, happening, turn.state.rules.receipts)
  turn.tell(happening)
}

const send = (turn: Turn, from: Holder, { content, room, to }: OperationOf<"message">): Happening =>
  to === undefined ? say(turn, from, content, room) : write(turn, from, content, to)

/** Says words in a room whose members include whoever says them (ROOM-2). */
const say = (turn: Turn, from: Holder, content: string, name: string | undefined): Happening => {
  const room = roomOf(turn.state, name)
  if (room?.members.has(from) !== true)
    return refused(name === undefined || isRoomName(name) ? "not_in_room" : "invalid_room")
  return {
    t: "said",
    room,
    message: keepInRoom(turn, room, from.username, content, from.session?.hash),
    from
  }
}

/** Writes a letter to the holder of a name; one with a session finds it in its inbox, if it is away (DM-1, DM-2). */
const write = (turn: Turn, from: Holder, content: string, name: string): Happening => {
  const to = isUsername(name) ? turn.state.names.get(usernameKey(name)) : undefined
  if (to === undefined) return refused("no_such_user")
  if (to === from) return refused("invalid_request")
  if (!to.features.includes("direct")) return refused("cannot_receive")
  const { session, username } = from
  const message =
    to.session === undefined
      ? new Said(undefined, 0, turn.position, turn.entry.at, username, content, session?.hash)
      : keepInInbox(turn, to.session.inbox, username, content, session?.hash)
  return { t: "letter", to, message, from }
}

const refused = (code: RefusalCode): Happening => ({ t: "refused", code })

/** Says words in the lobby for somebody who is not logged in. */
export const announce = (turn: Turn, { content, username }: OperationOf<"announce">): void => {
  const room = turn.state.lobby
  const message = keepInRoom(turn, room, username, content)
  turn.tell({ t: "said", room, message, from: undefined })
}
