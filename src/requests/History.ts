import type { Ring } from "../fold/Ring.ts"
import { historyLimit, type Kept } from "../Protocol.ts"
import { answerInPlace, type Handler, nameOf, readInTurn, refusal, refuse, roomWith } from "./Conversation.ts"

/** Gives a page of what was said in a room: the newest messages below a number (HIST-2). */
export const history: Handler<"history"> = (conversation, request) => {
  const { house } = conversation
  const { before = Infinity, id, limit = historyLimit } = request
  if (conversation.username === undefined) return refuse(conversation, "not_logged_in", id)
  return readInTurn(conversation, id, () => {
    const room = roomWith(conversation, request.room)
    if (typeof room === "string") return refusal(conversation, room, id)
    const messages = pageOf(room, before, limit, house.settings.frameBytesMax - envelopeBytes)
    const bytes = house.replies.done({ room: nameOf(room), first: room.first, messages })
    return () => answerInPlace(conversation, bytes, id)
  })
}

/** More than the fields around the messages take. */
const envelopeBytes = 640

/** The newest messages below a number, as many as fit; at least one, if there is any. */
const pageOf = (ring: Ring, before: number, limit: number, bytesMax: number): ReadonlyArray<Kept> => {
  const page: Array<Kept> = []
  let bytes = 0
  for (let said = ring.before(before); said !== undefined; said = ring.before(said.seq)) {
    const { at, content, seq, username } = said
    const kept = { seq, username, content, at }
    bytes += Buffer.byteLength(JSON.stringify(kept)) + 1
    if (page.length === limit || (page.length > 0 && bytes > bytesMax)) break
    page.push(kept)
  }
  return page.toReversed()
}
