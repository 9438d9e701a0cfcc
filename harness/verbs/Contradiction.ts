import { type ClauseId } from "../language/Clauses.ts"
import { match, Mismatch, type ObjectPattern } from "../language/Pattern.ts"
import type { Json } from "../language/Json.ts"
import type { Actor } from "../stage/Actor.ts"
import type { Finding } from "../stage/Finding.ts"
import type { Leaving } from "../stage/Ledger.ts"
import { lobby, roomKey } from "../stage/Rooms.ts"
import { hasField, isSuccess, type PendingRequest } from "../stage/PendingRequests.ts"
import type { Stage } from "../stage/Stage.ts"
import type { Incoming } from "../stage/WireEvent.ts"

/**
 * The clauses that findings contradict by themselves, whatever the scenario is about: each function here answers for one
 * kind of finding, or `undefined` where the finding alone does not tell.
 */

/** Nothing came in a lane where something was due. */
export const missing = (
  lane: "reply" | "event" | "any",
  actor: Actor,
  stage: Stage,
  pattern?: ObjectPattern
): ClauseId | undefined => {
  if (lane === "event")
    return pattern === undefined || (isAboutMessages(pattern) && !hasPlace(pattern)) ? "MSG-1" : undefined
  const { connection } = actor
  const oldest = connection?.requests.oldest
  if (oldest !== undefined) return unanswered(oldest, actor, stage)
  return lane === "reply" && connection?.requests.garbled !== true ? "REQ-2" : undefined
}

/** Something came that is not what was due; without a pattern, nothing was. */
export const wrong = (
  incoming: Incoming,
  actor: Actor,
  stage: Stage,
  pattern?: ObjectPattern
): ClauseId | undefined => {
  switch (incoming.lane) {
    case "noise":
      return pattern === undefined ? undefined : missing(laneOf(pattern), actor, stage, pattern)
    case "reply":
      return wrongReply(incoming, actor, stage, pattern)
    case "event":
      return wrongEvent(incoming.value, actor, stage, pattern)
  }
}

/** The server ended a connection that it had no reason to end, or accepts none any more. */
export const lost = (actor: Actor, stage: Stage): ClauseId | undefined => {
  const { ledger } = stage
  if (ledger.garbled) return "FRAME-6"
  if (hasRivals(actor, stage)) return "LOGIN-3"
  if (ledger.harm !== undefined) return ledger.harm
  const oldest = actor.connection?.requests.oldest
  return oldest === undefined ? undefined : unanswered(oldest, actor, stage)
}

/** True if somebody else asks for the name that an actor has: its owner is to notice nothing of that. */
const hasRivals = ({ connection, name, username }: Actor, { ledger }: Stage): boolean =>
  connection?.requests.username !== undefined &&
  ledger.claimants(username).some((claimant) => claimant !== name)

/** A name that ought to be free was not granted. */
const notGranted = (username: string, actor: Actor, { ledger }: Stage): ClauseId | undefined => {
  const how = ledger.departures.get(username)
  if (how === "logout" && ledger.ended.has(username)) return "RESUME-6"
  if (how !== undefined) return clausesOfLeaving[how]
  return ledger.isHeldByOther(username, actor.name) ? "LOGIN-3" : "LOGIN-1"
}

/** A name was granted that ought to have been refused. */
const granted = (username: string, actor: Actor, { ledger }: Stage): ClauseId | undefined => {
  if (ledger.kept.has(username)) return "RESUME-1"
  if (ledger.isHeldByOther(username, actor.name)) return "LOGIN-3"
  return ledger.claimants(username).some((name) => name !== actor.name) ? "LOGIN-4" : undefined
}

/** The names of a list are not those of the members. */
export const wrongUsers = (users: ReadonlyArray<Json>, { ledger }: Stage): ClauseId | undefined => {
  const isTwice = (name: Json, at: number) => ledger.members.has(String(name)) && users.indexOf(name) < at
  if (users.some(isTwice)) return "LIST-1"
  const lacking = [...ledger.members.keys()].find((name) => !users.includes(name))
  if (lacking !== undefined) return ledger.claimants(lacking).length > 1 ? "LOGIN-3" : "LIST-1"
  const stranger = users.find((name) => !ledger.members.has(String(name)))
  if (stranger === undefined)
    return [...ledger.departures.values()].includes("ended by the server") ? ledger.harm : undefined
  if (ledger.kept.has(String(stranger))) return "RESUME-1"
  const how = ledger.departures.get(String(stranger))
  return how === undefined ? "LIST-2" : clausesOfLeaving[how]
}

const clausesOfLeaving: Readonly<Record<Leaving, ClauseId>> = {
  close: "LEAVE-1",
  "close or reset": "LEAVE-1",
  reset: "LEAVE-2",
  silence: "LEAVE-3",
  logout: "LOGOUT-1",
  "ended by the server": "LEAVE-1"
}

const unanswered = (request: PendingRequest, actor: Actor, stage: Stage): ClauseId | undefined => {
  switch (request.type) {
    case "login":
      return request.username === undefined ? undefined : notGranted(request.username, actor, stage)
    case "message":
      return actor.loggedIn && request.room === undefined && request.to === undefined ? "MSG-2" : undefined
    case "list":
      return request.room === undefined ? "LIST-1" : undefined
    case "logout":
      return "LOGOUT-1"
    case "ping":
      return "PING-1"
    default:
      return undefined
  }
}

const wrongReply = (
  { request, value }: Incoming,
  actor: Actor,
  stage: Stage,
  pattern: ObjectPattern | undefined
): ClauseId | undefined => {
  if (!isSuccess(value) && hasRivals(actor, stage)) return "LOGIN-3"
  if (request === undefined && pattern !== undefined && looksAt(pattern, "users")) return "LIST-1"
  if (request === undefined || pattern === undefined)
    return actor.connection?.requests.garbled === true ? undefined : "REQ-2"
  const isDue = allowsSuccess(pattern)
  if (isSuccess(value)) {
    if (!isDue)
      return request.type === "login" && request.username !== undefined
        ? granted(request.username, actor, stage)
        : undefined
    if (!looksAt(pattern, "users") || request.type !== "list" || request.room !== undefined) return undefined
    if (!hasField(value, "users", Array.isArray)) return "LIST-1"
    return wrongUsers((value as { readonly users: ReadonlyArray<Json> }).users, stage)
  }
  return isDue ? unanswered(request, actor, stage) : undefined
}

const wrongEvent = (
  value: Json,
  actor: Actor,
  stage: Stage,
  pattern: ObjectPattern | undefined
): ClauseId | undefined => {
  if (!hasField(value, "type", (type) => type === "message")) return undefined
  const leak = leakOf(value, actor, stage)
  if (leak !== undefined) return leak
  if (isRepeated(value, actor, stage)) return clauseOfPlace(value, actor)
  if (pattern !== undefined && !isAboutMessages(pattern)) return undefined
  if (actor.session !== undefined || isOfPlace(value, actor)) return undefined
  const delivery = deliveryOf(value, actor, stage)
  if (delivery === undefined) return "MSG-1"
  const { said, speakers, username } = delivery
  if (said > 0) {
    if (pattern === undefined) return actor.loggedIn ? undefined : "MSG-8"
    return comesLater(pattern, actor) ? "MSG-4" : "MSG-1"
  }
  if (speakers.size > 0) return "MSG-1"
  return stage.usernames.has(username) ? "MSG-6" : "MSG-1"
}

/**
 * True if no circumstance excuses what came: a message that came once too often, a user who is listed twice, a grant where
 * nothing was due.
 */
export const isCertain = (
  { lane, request, value }: Incoming,
  actor: Actor,
  stage: Stage,
  pattern: ObjectPattern | undefined
): boolean => {
  if (lane === "event") {
    return leakOf(value, actor, stage) !== undefined || isRepeated(value, actor, stage)
  }
  if (request?.type === "login" && isSuccess(value) && stage.ledger.kept.has(request.username ?? ""))
    return true
  if (hasField(value, "users", isRepetitive)) return true
  return (
    pattern === undefined && request === undefined && isSuccess(value) && !actor.connection!.requests.garbled
  )
}

const isRepetitive = (users: Json): boolean => Array.isArray(users) && new Set(users).size < users.length

/**
 * The clause that is broken if what was due follows, a moment later: a message that was sent only came too early, and a
 * reply in front of the right one is one too many.
 */
export const ifItFollows = (
  { lane, request, value }: Incoming,
  actor: Actor,
  stage: Stage
): ClauseId | undefined => {
  if (lane === "reply") return request === undefined ? "REQ-2" : undefined
  const delivery = deliveryOf(value, actor, stage)
  return delivery !== undefined && delivery.said > 0 && delivery.heard <= delivery.said ? "MSG-4" : undefined
}

/**
 * The clause to blame where the plain behaviour holds, whatever the scenario is about: letters beyond ASCII were not
 * understood so far, or the end of a connection may have been another one.
 */
export const otherwise = ({ actor = "", breaks }: Finding, { ledger }: Stage): ClauseId | undefined => {
  if (breaks === "MSG-2" && !ledger.understands && ledger.askedBeyondAscii(actor)) return "FRAME-4"
  return breaks === "LEAVE-1" && [...ledger.departures.values()].includes("close or reset")
    ? "LEAVE-2"
    : undefined
}

const deliveryOf = (value: Json, actor: Actor, { ledger }: Stage) => {
  if (!hasField(value, "type", (type) => type === "message")) return undefined
  const { content, username } = value as { readonly content?: Json; readonly username?: Json }
  if (typeof content !== "string" || typeof username !== "string") return undefined
  return { username, ...ledger.deliveryOf(actor.name, { ...(value as object), username, content }) }
}

/** Whether what was due has come behind what came first. */
export const comesLater = (pattern: ObjectPattern, { connection }: Actor): boolean =>
  connection?.inbox.some(({ value }) => !(match(pattern, value, new Map()) instanceof Mismatch)) === true

const laneOf = (pattern: ObjectPattern): "reply" | "event" => (looksAt(pattern, "status") ? "reply" : "event")

const looksAt = ({ fields }: ObjectPattern, name: string): boolean => fields.some(([key]) => key === name)

/** True if a pattern is about what is said in a room, or to one person. */
const hasPlace = (pattern: ObjectPattern): boolean => looksAt(pattern, "room") || looksAt(pattern, "to")

/** True if a message has come once more than it was said, to a client that has not asked to see it again. */
const isRepeated = (value: Json, actor: Actor, stage: Stage): boolean => {
  if (actor.connection!.requests.mayRepeat) return false
  const delivery = deliveryOf(value, actor, stage)
  return delivery !== undefined && delivery.said > 0 && delivery.heard > delivery.said
}

/** The clause about who receives what is said where this was. */
const clauseOfPlace = (value: Json, actor: Actor): ClauseId => {
  if (!isOfPlace(value, actor)) return "MSG-1"
  return hasField(value, "to", () => true) ? "DM-1" : "ROOM-2"
}

/** True if a message was said in a room, or to one person, to a client that may be told so. */
const isOfPlace = (value: Json, { connection }: Actor): boolean =>
  connection!.requests.features.size > 0 && ["room", "to"].some((key) => hasField(value, key, () => true))

/** The clause that a message breaks by reaching this actor at all: it was said elsewhere. */
const leakOf = (value: Json, actor: Actor, { ledger }: Stage): ClauseId | undefined => {
  const { content, room, to, username } = value as { readonly [key: string]: Json }
  const { features, rooms } = actor.connection!.requests
  if (features.size === 0) {
    const places = [...ledger.placesOf(String(username), String(content))]
    if (places.length === 0 || places.includes(lobby)) return undefined
    return places[0]!.startsWith("to ") ? "DM-1" : "ROOM-2"
  }
  if (typeof to === "string") return roomKey(to) === roomKey(actor.username) ? undefined : "DM-1"
  if (typeof room !== "string" || rooms.has(roomKey(room))) return undefined
  return "ROOM-2"
}

const isAboutMessages = ({ fields }: ObjectPattern): boolean =>
  fields.every(([key, field]) => key !== "type" || field._tag !== "Literal" || field.value === "message")

const allowsSuccess = ({ fields }: ObjectPattern): boolean => {
  const status = fields.find(([key]) => key === "status")?.[1]
  return status === undefined || !(match(status, "success", new Map()) instanceof Mismatch)
}
