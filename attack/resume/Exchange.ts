import type { Book } from "./Book.ts"
import type { Received } from "./Line.ts"
import type { Member } from "./Member.ts"

/** Takes the reply to a request. */
export type OnReply = (reply: Received) => void

/** A connection of a member, as whatever talks on it sees it. */
export interface Exchange {
  readonly member: Member
  readonly book: Book
  readonly isSettling: boolean
  /** Nothing more can be asked. */
  readonly isStopped: boolean
  /** The rooms of which it had seen nothing when it came back, and something was said: they begin with a gap. */
  readonly unseen: Set<string>
  /** The places of which it had numbers of another epoch when it came back: they begin with a gap. */
  readonly renewed: Set<string>
  readonly find: (clause: string, what: string) => void
  /** Sends a request and does this with its reply, unless the connection is cut instead. */
  readonly ask: (request: object, onReply: OnReply) => void
  /** Its login was answered; what was missed comes now. */
  readonly welcomed: () => void
  /** A message was acked. */
  readonly acked: () => void
  /** Has another look at a room of which something was said to be gone. */
  readonly doubt: (room: string) => void
  /** Ends it. */
  readonly close: () => void
}

/** Tells a goodbye, which ends a connection and answers nothing, from a reply. */
export const isGoodbye = ({ code, retryAfterMs }: Received): boolean =>
  goodbyes.has(String(code)) || (code === "unavailable" && retryAfterMs === undefined)

const goodbyes: ReadonlySet<string> = new Set([
  "session_replaced",
  "slow_consumer",
  "shutting_down",
  "kicked",
  "idle_timeout",
  "login_timeout",
  "server_full",
  "too_many_connections",
  "too_large",
  "node_lost"
])

/** The beginning of what is said on a connection that was taken over: it must never be heard. */
export const ghost = "ghost"
