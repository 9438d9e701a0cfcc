import type { Json } from "../language/Json.ts"

/** The name of a room in the form that names are compared in (ROOM-1). */
export const roomKey = (room: string): string => room.normalize("NFKC").toLowerCase()

/** The room that everyone is in, which what comes from it does not name. */
export const lobby = "lobby"

/** The room of direct messages. */
export const inbox = "@"

/** The room that an event or a reply is about, as the server spells it. */
export const roomIn = (value: Json): string => {
  const { room } = value as { readonly room?: Json }
  return typeof room === "string" ? room : lobby
}

/** A number in an object, such as that of a message. */
export const numberIn = (value: Json, field: string): number | undefined => {
  const number = (value as { readonly [key: string]: Json })[field]
  return typeof number === "number" ? number : undefined
}

/** The place of a message: a person, where it is to one; a room, where it names one; else where everyone is. */
export const placeOf = (message: object): string => {
  const { room, to } = message as { readonly room?: unknown; readonly to?: unknown }
  if (typeof to === "string") return `to ${roomKey(to)}`
  return typeof room === "string" ? roomKey(room) : lobby
}
