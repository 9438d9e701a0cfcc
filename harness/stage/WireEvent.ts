import type { Json } from "../language/Json.ts"
import type { Condition } from "./Condition.ts"
import type { PendingRequest } from "./PendingRequests.ts"
import type { Unreadable } from "./Unreadable.ts"

/** Something that came in and that no step has asked for yet. */
export interface Incoming {
  /** Replies carry `status`, events `type`; anything else is noise, in everybody's way. */
  readonly lane: "reply" | "event" | "noise"
  readonly value: Json
  /** Neither a reply nor a message: a banner, a notice (PLAIN-1). */
  readonly extra: boolean
  /** When it came, on the clock of the stage. */
  readonly atMillis: number
  /** The request that a reply answers, where there is one. */
  readonly request?: PendingRequest
  /** The bytes, for what is not JSON. */
  readonly unreadable?: Unreadable
}

/** The two ways in which a connection ends: FIN or RST. */
export type End = "close" | "reset"

/** The ways in which an actor leaves; only silence tells the server nothing. */
export type Departure = End | "silence"

/** Something that happens on a connection. The bytes are those of the socket: a listener that keeps them copies or bounds them. */
export type WireFact =
  | { readonly _tag: "Connected"; readonly direction: "out" }
  /** One write; its first `hiddenBytes` are a request of the harness itself. */
  | {
      readonly _tag: "Sent"
      readonly direction: "out"
      readonly bytes: Buffer
      readonly hiddenBytes: number
      /** The requests that end in it, hidden ones included. */
      readonly requests: number
      /** Whether it begins or ends in the middle of a request. */
      readonly isCut: boolean
    }
  /** Bytes as they are handed to the socket, after whatever a bad network does to them. */
  | { readonly _tag: "Wrote"; readonly direction: "out"; readonly bytes: Buffer }
  /** A request of the scenario has been sent to its end. */
  | { readonly _tag: "Asked"; readonly direction: "out"; readonly request: PendingRequest }
  | { readonly _tag: "HalfClosed"; readonly direction: "out" }
  | { readonly _tag: "Left"; readonly direction: "out"; readonly how: Departure }
  /** Bytes as they came, before anything is made of them. */
  | { readonly _tag: "Read"; readonly direction: "in"; readonly bytes: Buffer }
  /** Something for the scenario, with its text as it came. */
  | {
      readonly _tag: "Received"
      readonly direction: "in"
      readonly incoming: Incoming
      readonly text: string
    }
  /** The reply to a request of the harness itself, with its text as it came. */
  | { readonly _tag: "Answered"; readonly direction: "in"; readonly text: string }
  /** Its own message came back to it (MSG-3). */
  | { readonly _tag: "Echoed"; readonly direction: "in"; readonly value: Json; readonly text: string }
  | {
      readonly _tag: "LoggedIn"
      readonly direction: "in"
      readonly username: string
      /** True if it goes on with the session of an earlier connection. */
      readonly resumes: boolean
    }
  | { readonly _tag: "LoggedOut"; readonly direction: "in" }
  /** The server ended the connection. */
  | { readonly _tag: "Ended"; readonly direction: "in"; readonly by: End }
  /** All that came at once has been noted: time to look again. */
  | { readonly _tag: "Changed"; readonly direction: "in" }

/** Something that happens on the connection of an actor, and its time on the clock of the stage. */
export type WireEvent = WireFact & { readonly actor: string; readonly atMillis: number }

/** Takes the events of connections, in their order. */
export type WireListener = (event: WireEvent) => void

/** Wakes those who wait for a condition whenever something has changed. */
export const waking =
  (condition: Condition): WireListener =>
  ({ _tag }) => {
    if (_tag === "Changed") condition.notify()
  }
