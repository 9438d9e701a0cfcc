import type { Socket } from "node:net"

/**
 * The next thing in a stream of bytes: one JSON value, or why there is none. What is `unreadable` is malformed, with no
 * newline before it: there is no line to skip.
 */
export type Frame = Buffer | "malformed" | "unreadable" | "too_large"

/** Turns the bytes of one connection into frames, wherever its segments end. */
export interface Reader {
  push(chunk: Buffer): Iterable<Frame>
}

/** One accepted connection. */
export interface Client {
  readonly socket: Socket
  readonly reader: Reader
  /** The name it holds while it is logged in. */
  name: string | undefined
  /** The features it was granted. */
  features: ReadonlyArray<string>
  malformedInARow: number
  /** Nothing more is sent to it or read from it. */
  ended: boolean
}

/** A JSON object as it came: every field may be anything, or missing. */
export type Request = Readonly<Record<string, unknown>>

/** An object of the server that no request caused. */
export type Event = Readonly<Record<string, unknown>>

/** The one answer to a request, or the reason a connection ends. */
export type Reply = Readonly<Record<string, unknown>>

/** Why a request is refused or a connection ended. */
export type Code =
  | "invalid_json"
  | "invalid_request"
  | "unknown_type"
  | "not_logged_in"
  | "already_logged_in"
  | "invalid_username"
  | "username_taken"
  | "username_mismatch"
  | "too_large"
  | "slow_consumer"
  | "server_full"
  | "shutting_down"

/** The answer to a request; `undefined` if there is none, or none any more. */
type Answer = Reply | undefined | Promise<Reply | undefined>

/**
 * A whole chat server, correct in every clause of the protocol, as small pieces that call one another only through
 * this object: put another piece in the place of one and you have another server.
 */
export interface Chat {
  // settings
  backlog: number
  frameBytesMax: number
  outboxBytesMax: number
  malformedMax: number
  nameCodePointsMax: number
  lingerMillis: number
  keepAliveMillis: number

  // Framing: from bytes to requests
  accept(socket: Socket): void
  converse(client: Client): Promise<void>
  reader(): Reader
  receive(client: Client, frame: Frame): void | Promise<void>
  text(bytes: Buffer): string
  parse(text: string): unknown
  malformed(client: Client, isUnreadable?: boolean): void
  finished(client: Client): void

  // Requests: what each one does
  answer(client: Client, value: unknown): void | Promise<void>
  carryOut(client: Client, request: Request): Answer
  login(client: Client, request: Request): Answer
  message(client: Client, request: Request): Answer
  list(client: Client, request: Request): Answer
  logout(client: Client, request: Request): Answer
  ping(client: Client, request: Request): Answer
  problemOfLogin(client: Client, request: Request): Code | undefined
  problemOfMessage(client: Client, request: Request): Code | undefined
  mayList(client: Client): boolean

  // Registry: who holds which name
  clients: Set<Client>
  members: Map<string, Client>
  key(name: string): string
  isName(name: string): boolean
  claim(client: Client, name: string): boolean
  release(client: Client, name: string): void
  usernames(): ReadonlyArray<string>

  // Replies: what the server says
  welcome(client: Client, request: Request): Reply
  sent(): Reply
  users(names: ReadonlyArray<string>): Reply
  goodbye(name: string): Reply
  refusal(code: Code, client: Client): Reply
  withId(reply: Reply, request: Request): Reply

  // Sending: from objects to bytes, to whoever should get them
  event(client: Client, request: Request): Event
  recipients(from: Client): ReadonlyArray<Client>
  broadcast(from: Client, event: Event): void | Promise<void>
  deliver(to: Client, event: Event, from: Client): void | Promise<void>
  announce(type: "joined" | "left", who: Client, name: string): void
  reply(client: Client, reply: Reply, request: Request): void
  send(client: Client, object: Reply | Event): void
  encode(object: Reply | Event): string
  write(client: Client, bytes: string | Buffer): void

  // Leaving: every way a connection ends
  leave(client: Client): void
  end(client: Client): void
  endBecause(client: Client, code: Code): void
  closed(client: Client): void
  shutDown(): void
}

/** Other pieces for some of a chat's; `base` still has those that they replace, to build upon. */
export type Change = (base: Chat) => Partial<Chat>
