import type { Event, Feature, Reply, Request } from "../Protocol.ts"

/** The refusal of a request that a server with these features does not offer: it would not be understood, or said to everyone. */
export const notOffered = (request: Request, granted: ReadonlySet<string>): Reply | undefined => {
  const missing = featuresOf(request).find((feature) => !granted.has(feature))
  return missing && { status: "error", code: "not_offered", message: `this server has no ${offers[missing]}` }
}

/** The features that a request means nothing without. */
const featuresOf = (request: Request): ReadonlyArray<Feature> => {
  switch (request.type) {
    case "join":
    case "leave":
    case "rooms":
      return ["rooms"]
    case "history":
      return request.room === undefined ? ["history"] : ["history", "rooms"]
    case "list":
      return request.room === undefined ? [] : ["rooms"]
    case "message":
      return request.to !== undefined ? ["direct"] : request.room !== undefined ? ["rooms"] : []
    default:
      return []
  }
}

const offers: Readonly<Record<Feature, string>> = {
  presence: "presence",
  rooms: "rooms",
  direct: "direct messages",
  history: "history"
}

/**
 * An event without the fields of features that were not granted: there they may mean anything. One that is for us alone
 * has `to`, and no room.
 */
export const eventFor = (event: Event, features: ReadonlySet<string>): Event | undefined => {
  const hasHistory = features.has("history")
  const { type } = event
  if (type === "gap") return hasHistory ? event : undefined
  const { room, username } = event
  const where = room !== undefined && features.has("rooms") ? { room } : {}
  if (type !== "message") return { type, username, ...where }
  const { at, content, seq, to } = event
  return {
    type,
    username,
    content,
    ...(to !== undefined && features.has("direct") ? { to } : where),
    ...(seq !== undefined && hasHistory ? { seq } : {}),
    ...(at !== undefined && hasHistory ? { at } : {})
  }
}
