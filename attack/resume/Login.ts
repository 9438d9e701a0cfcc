import type { Exchange, OnReply } from "./Exchange.ts"
import type { Received } from "./Line.ts"
import { inbox, lobby, type Member } from "./Member.ts"
import { Reading } from "./Reading.ts"

/** The features of a client that stays. */
export const features = ["rooms", "direct", "history"]

/** The login of a member, and what it does with the reply. */
export const enter = (exchange: Exchange): { readonly request: object; readonly onReply: OnReply } => {
  const { member } = exchange
  const { epoch, name: username, token: session } = member
  const base = { type: "login", username, features }
  if (session === undefined) return { request: base, onReply: (reply) => beginning(exchange, reply) }
  const seen = seenBy(member)
  return { request: { ...base, session, epoch, seen }, onReply: (reply) => resuming(exchange, reply, seen) }
}

/** The numbers that a member has seen, of the rooms that it may be in. */
const seenBy = ({ inbox: letters, seats }: Member): Readonly<Record<string, number>> => {
  const rooms = [...seats].flatMap(([room, { reading, state }]) =>
    reading === undefined || state === "out" ? [] : [[room, reading.cursor] as const]
  )
  return Object.fromEntries([[inbox, letters.cursor], ...rooms])
}

/** Begins a session. */
const beginning = (exchange: Exchange, reply: Received): void => {
  const { member } = exchange
  if (reply.code === "username_taken") {
    member.rename()
    return exchange.close()
  }
  if (reply.status !== "success" || typeof reply.session !== "string")
    return exchange.find("LOGIN-1", `a login was answered with ${JSON.stringify(reply)}`)
  member.begin()
  member.run.inboxes.add(member.name)
  member.seatIn(lobby).reading = new Reading(Number(reply.last))
  keep(exchange, reply)
}

/** Goes on with a session. */
const resuming = (exchange: Exchange, reply: Received, seen: Readonly<Record<string, number>>): void => {
  const { book, member } = exchange
  const wasLost = book.mayForget || member.epoch !== book.epoch
  if (reply.code === "username_taken" && wasLost) {
    member.giveUp()
    return exchange.close()
  }
  if (reply.status !== "success")
    return exchange.find("RESUME-3", `coming back was answered with ${JSON.stringify(reply)}`)
  const isAnew = reply.epoch !== member.epoch
  if (reply.resumed !== true && !isAnew)
    return exchange.find("RESUME-5", `coming back began a new session: ${JSON.stringify(reply)}`)
  if (isAnew && !enters(exchange, reply))
    return exchange.find("NODE-3", `a new epoch began, though no log was lost: ${JSON.stringify(reply)}`)
  if (isAnew) for (const place of Object.keys(seen)) exchange.renewed.add(place)
  if (reply.resumed !== true) beginAnew(exchange)
  const rooms = (reply.rooms ?? {}) as Record<string, { readonly first: number; readonly last: number }>
  for (const [room, seat] of member.seats) {
    const isIn = room === lobby || Object.hasOwn(rooms, room)
    if (seat.state === "in" && !isIn && !isAnew) exchange.find("RESUME-1", `it is no longer in ${room}`)
    if (seat.state === "out" && isIn && !isAnew)
      exchange.find("RESUME-1", `it is in ${room} again, which it had left`)
    seat.state = isIn ? "in" : "out"
    if (isAnew) {
      seat.ownUpTo = 0
      const last = room === lobby ? reply.last : rooms[room]?.last
      seat.reading = isIn && seat.reading !== undefined ? new Reading(Number(last)) : undefined
    } else seat.reading?.again()
    if (!isIn || room === lobby) continue
    const { first, last } = rooms[room]!
    exchange.book.begins(room, first)
    if (Object.hasOwn(seen, room)) continue
    seat.reading = new Reading(last)
    if (last > 0) exchange.unseen.add(room)
  }
  member.inbox.again()
  book.count("resumed")
  keep(exchange, reply)
}

/** Another session begins in place of one that is not known any more; what it had seen of rooms is worth nothing. */
const beginAnew = ({ book, member, renewed }: Exchange): void => {
  member.begin()
  member.run.inboxes.add(member.name)
  renewed.delete(inbox)
  for (const seat of member.seats.values()) if (seat.state === "out") seat.reading = undefined
  book.count("sessions begun anew")
}

const keep = (exchange: Exchange, { epoch, session }: Received): void => {
  const { member } = exchange
  if (!enters(exchange, { epoch }))
    return exchange.find("NODE-3", `a new epoch began, though no log was lost: ${epoch}`)
  member.token = String(session)
  member.epoch = String(epoch)
  exchange.welcomed()
}

/** The epoch that a reply names counts from now on, if that can be; with a new one, nobody has an inbox any more. */
const enters = ({ book, member }: Exchange, { epoch }: Received): boolean => {
  const { epoch: known } = book
  if (!book.enters(String(epoch))) return false
  if (known !== "" && known !== epoch) member.run.inboxes.clear()
  return true
}
