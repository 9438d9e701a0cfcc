import * as Context from "effect/Context"
import type { Address } from "../net/Address.ts"
import type { Ending } from "../net/Ending.ts"

/** A login that a hook decides on. */
export interface LoginQuestion {
  /** The name that is asked for: valid, but perhaps taken by the time the hook has answered. */
  readonly username: string
  /** Address of the client: its IP address as `host`, and its port. */
  readonly address: Address
  /** Aborted once the answer is no longer waited for: after `hookMillisMax`, or once the connection is over. */
  readonly signal: AbortSignal
}

/** True grants the name, if it is free; false refuses it, and so does a reason, which the client is told. */
export type LoginAnswer = boolean | string

/** A message that a hook decides on. */
export interface MessageQuestion {
  /** The name of the sender. */
  readonly username: string
  readonly content: string
  /** The room that it is for, or the user that it is for alone; neither if it is for everyone who is logged in. */
  readonly room?: string | undefined
  readonly to?: string | undefined
  /** Address of the sender: its IP address as `host`, and its port. */
  readonly address: Address
  /** Aborted once the answer is no longer waited for: after `hookMillisMax`, or once the connection is over. */
  readonly signal: AbortSignal
}

/**
 * Nothing lets the message pass as it is, `{ content }` with another content, which must not be empty; false refuses it,
 * and so does a reason, which the sender is told.
 */
export type MessageAnswer = void | undefined | false | string | { readonly content: string }

/** A function of the program that decides on something, at once or later. */
export type Hook<Question, Answer> = (question: Question) => Answer | PromiseLike<Answer>

/** Something that was said: in a room, to one user, or to everyone who is logged in. */
export interface Words {
  readonly username: string
  readonly content: string
  readonly room?: string | undefined
  readonly to?: string | undefined
}

/** The program that a server is embedded in, as far as it takes part in the chat. */
export interface Embedder {
  /** The name under which it speaks; nobody else may have it. */
  readonly username: string
  readonly onLogin: Hook<LoginQuestion, LoginAnswer> | undefined
  readonly onMessage: Hook<MessageQuestion, MessageAnswer> | undefined
  /** Time that a hook has to answer; then what it was asked about is refused. */
  readonly hookMillisMax: number
  /** Bytes of a content as JSON writes it: what no client could say is neither said nor put in its place. */
  readonly contentBytesMax: number
  /** Someone logged in, whose name was not in use; `address` is that of a client that is connected to this server. */
  readonly joined: (username: string, address: Address | undefined) => void
  readonly said: (words: Words) => void
  readonly left: (username: string, reason: Ending) => void
}

/** True of a content that may be said. */
export const isContent = (content: unknown, bytesMax: number): content is string =>
  typeof content === "string" && content !== "" && Buffer.byteLength(JSON.stringify(content)) <= bytesMax

/** The program that embeds the server; `undefined` where nobody takes part but the clients. */
export const Embedder = Context.Reference<Embedder | undefined>("palabre/Embedder", {
  defaultValue: () => undefined
})
