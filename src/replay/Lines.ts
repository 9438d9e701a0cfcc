import { lobbyKey } from "../fold/State.ts"
import type { Said } from "../fold/Ring.ts"

/** What is followed, as its events name it: a room, or the inbox (`@`) of whoever `to` is. */
export interface Place {
  readonly key: string
  readonly name: string
  readonly to?: string
}

/** The key and the name of every inbox: each client has one. */
export const inboxKey = "@"

/** A message with its number and its time, as a client with the feature `history` sees it. */
export const messageLine = (place: Place, { at, content, seq, username }: Said): string =>
  line({ type: "message", ...named(place), username, content, seq, at })

/** Tells that messages are not kept any more, from a number to another. */
export const gapLine = (place: Place, from: number, to: number): string =>
  line({ type: "gap", room: named(place).room, from, to, reason: "expired" })

/** The lobby has no name in events. */
const named = ({ key, name, to }: Place) => ({ to, room: key === lobbyKey ? undefined : name })

const line = (event: object): string => JSON.stringify(event) + "\n"
