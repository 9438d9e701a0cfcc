import type { Happening, HappeningOf } from "../fold/Happening.ts"
import type { Attachment, Holder, Room } from "../fold/State.ts"
import type { Broadcast } from "../hub/Broadcast.ts"
import type { Work } from "../hub/Delivery.ts"
import type { Ending } from "../net/Ending.ts"
import { encode } from "../Protocol.ts"
import { type Conversation, type House, nameOf } from "./Conversation.ts"

/** Tells those who are connected here of something that is not the result of a request of theirs. */
export const happened = (house: House, happening: Happening): void => {
  if (happening.t === "said" || happening.t === "letter") house.embedder?.said(wordsOf(happening))
  if (happening.t === "said") return house.hub.publish(broadcastOf(house, happening))
  const work = newsOf(house, happening)
  if (work !== undefined) house.hub.turn(work)
}

const newsOf = (house: House, happening: Happening): Work | undefined => {
  switch (happening.t) {
    case "letter":
      return letter(house, happening)
    case "granted":
      return granted(house, happening)
    case "joined":
      return happening.isNew ? joined(house, happening) : undefined
    case "parted":
      return parted(house, happening)
    case "left":
      return left(house, happening)
    case "epoch":
      return anew(house)
    default:
      return undefined
  }
}

/** What was said, as the embedder is told of it; an event is that with a type. */
export const wordsOf = (happening: HappeningOf<"said" | "letter">) => {
  const { content, username } = happening.message
  if (happening.t === "letter") return { to: happening.to.username, username, content }
  const room = nameOf(happening.room)
  return room === undefined ? { username, content } : { room, username, content }
}

const encoded = (happening: HappeningOf<"said" | "letter">): Buffer =>
  encode({ type: "message", ...wordsOf(happening) })

const broadcastOf = (house: House, happening: HappeningOf<"said">): Broadcast => {
  const { from, message: said, room } = happening
  const sender = from && clientOf(house, from)?.connection
  return { room, to: "members", from: sender, bytes: encoded(happening), said }
}

/** The client of a connection, if that is one of this node's. */
export const clientAt = ({ clients, replica }: House, { id, node }: Attachment): Conversation | undefined =>
  node === replica.node ? clients.get(id) : undefined

const clientOf = (house: House, { attachment }: Holder): Conversation | undefined =>
  clientAt(house, attachment)

/** Hands a letter to its addressee, if that is connected here (DM-1). One that is away finds it in its inbox. */
export const letter = (house: House, happening: HappeningOf<"letter">): Work | undefined => {
  const addressee = clientOf(house, happening.to)
  if (addressee === undefined) return undefined
  // looked at in its turn: what was granted just before has its follower only then
  return () => {
    const { connection, follower } = addressee
    if (follower === undefined) connection.offerTogether([encoded(happening)], true)
    else follower.letter(happening.message)
  }
}

/** Someone came, or goes on in another connection: then the old one is over (RESUME-2). */
export const granted = (house: House, happening: HappeningOf<"granted">): Work => {
  const { holder, isResumed, replaced } = happening
  const { attachment, features, username } = holder
  const here = clientOf(house, holder)
  const isGone = here === undefined && attachment.node === house.replica.node
  if (isGone) house.replica.submit({ t: "leave", id: attachment.id, keep: isResumed }, () => {})
  const old = replaced && clientAt(house, replaced)
  if (old !== undefined) end(house, old, "session_replaced")
  const rooms = [...holder.rooms]
  const [kept, lost] = features.includes("rooms") ? [rooms.toReversed(), []] : [[], rooms]
  return () => {
    if (old !== undefined) house.hub.audiences.leaveAll(old.connection)
    if (replaced !== undefined) return presenceIn(house, lost, "left", username, here)
    house.embedder?.joined(username, here?.connection.peer)
    return presenceIn(house, [...kept, house.registry.state.lobby], "joined", username, here)
  }
}

export const joined = (house: House, { holder, room }: HappeningOf<"joined">): Work =>
  moved(house, holder, room, "joined")

export const parted = (house: House, { holder, room }: HappeningOf<"parted">): Work =>
  moved(house, holder, room, "left")

const moved = (house: House, holder: Holder, room: Room, type: "joined" | "left"): Work => {
  const here = clientOf(house, holder)
  return () => presenceIn(house, [room], type, holder.username, here)
}

/** Someone is gone; one who did not mean to is told why (NODE-4). */
export const left = (house: House, { holder, kick }: HappeningOf<"left">): Work => {
  const { counters, hub, registry, replies, sessions } = house
  const here = clientOf(house, holder)
  if (here !== undefined) {
    if (kick !== undefined && here.connection.ending === undefined) {
      counters.errors.kicked++
      here.lastWords = replies.refused("kicked", kick.reason)
    }
    end(house, here, kick === undefined ? "node_lost" : "kicked")
    sessions.left(here, holder)
  }
  const rooms = [...holder.rooms, registry.state.lobby]
  const elsewhere = registry.state.nodes.has(holder.attachment.node) ? "left" : "node_lost"
  const reason = here?.connection.ending ?? (kick === undefined ? elsewhere : "kicked")
  return () => {
    if (here !== undefined) hub.audiences.leaveAll(here.connection)
    house.embedder?.left(holder.username, reason)
    return presenceIn(house, rooms, "left", holder.username, here)
  }
}

/** Numbers begin anew: those who know some are to come back, and are told so then. */
const anew = (house: House): undefined => {
  for (const client of house.clients.values())
    if (client.follower !== undefined) client.connection.stop("unavailable")
}

/** Ends all clients: what became of what they asked for is not known any more (NODE-5). */
export const endAll = (house: House, code: Ending): void => {
  for (const client of house.clients.values()) {
    end(house, client, code)
    house.hub.turn(() => {
      house.hub.audiences.leaveAll(client.connection)
      house.embedder?.left(client.username!, code)
    })
  }
}

/** A client holds its name no more: its connection ends with this code, if it has not ended before. */
const end = ({ clients }: House, { connection }: Conversation, code: Ending): void => {
  clients.delete(connection.id)
  connection.stop(code)
}

/**
 * Tells those in rooms who asked for presence that someone comes or goes (PRES-1, ROOM-5). A few bytes of a client cost a
 * write for each of them, so one that comes pays for all of that, and for leaving again, if it is connected here.
 */
const presenceIn = (
  { hub }: House,
  rooms: Iterable<Room>,
  type: "joined" | "left",
  username: string,
  here: Conversation | undefined
): ReadonlyArray<Broadcast> => {
  const broadcasts: Array<Broadcast> = []
  for (const room of rooms) {
    const watchers = hub.audiences.of(room.key, "watchers").size
    if (watchers === 0) continue
    const name = nameOf(room)
    const bytes = encode({ type, ...(name !== undefined && { room: name }), username })
    if (type === "joined" && here !== undefined) here.answeredBytes += 2 * watchers * bytes.length
    broadcasts.push({ room, to: "watchers", from: here?.connection, bytes })
  }
  return broadcasts
}
