/** Codes of goodbyes to a client that had a seat. */
export const seatedGoodbyeCodes = [
  "login_timeout",
  "idle_timeout",
  "slow_consumer",
  "kicked",
  "session_replaced",
  "node_lost",
  "unavailable",
  "shutting_down"
] as const

/** Codes of errors that answer no request: each ends its connection, unasked (END-1). */
export const goodbyeCodes = [
  "server_full",
  "too_many_connections",
  "tls_required",
  ...seatedGoodbyeCodes
] as const

/** Codes for why a request was refused or a connection ended: stable and in English, for programs (CODE-1). */
export const errorCodes = [
  "invalid_json",
  "invalid_request",
  "unknown_type",
  "not_logged_in",
  "already_logged_in",
  "invalid_username",
  "username_taken",
  "login_refused",
  "username_mismatch",
  "message_refused",
  "invalid_room",
  "not_in_room",
  "too_many_rooms",
  "no_such_user",
  "cannot_receive",
  "too_large",
  "rate_limited",
  ...goodbyeCodes
] as const
export type ErrorCode = (typeof errorCodes)[number]

/** Features that a client may ask for at login; none is ever sent unasked (PLAIN-1). */
export const features = ["presence", "rooms", "direct", "history"] as const
export type Feature = (typeof features)[number]

/** The room that everybody is in, under any spelling of its name; requests and events for it have no `room`. */
export const lobby = "lobby"

/** The name under which a session's direct messages are numbered: no room can have it. */
export const inbox = "@"

/** The most messages that one reply to `history` may hold, and how many it holds if the request does not say. */
export const historyLimitMax = 200
export const historyLimit = 50
