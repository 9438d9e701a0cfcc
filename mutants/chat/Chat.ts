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
  /** What it shares with its later connections; only with the features `rooms`, `direct` or `history`. */
  session: Session | undefined
  /** With `history`: what it is still to be sent, made once its socket takes it, so that nothing waits as bytes. */
  readonly waiting: Array<() => ReadonlyArray<Reply | Event>>
  /** The number up to which it has been sent a room. */
  readonly cursors: Map<Room, number>
  /** Work for right after the reply to its current request. */
  afterReply: (() => void) | undefined
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

/** Something that was said in a room, as its history keeps it. */
interface Said {
  readonly seq: number
  /** Milliseconds since 1970. */
  readonly at: number
  readonly username: string
  readonly content: string
  /** The session that said it, if it has one. */
  readonly by: Session | undefined
}

/** The lobby, a room, or an inbox. */
export interface Room {
  /** As whoever made it spelled it. */
  readonly name: string
  readonly key: string
  /** The sessions in it, absent ones too, in the order of joining; those of the lobby are not counted here. */
  readonly members: Set<Session>
  /** What is kept of it, oldest first. */
  readonly kept: Array<Said>
  /** The number of the newest message. */
  last: number
}

/** A logged-in person; with `history` one who may come back. */
export interface Session {
  readonly name: string
  /** The secret to come back with; only with `history`. */
  readonly token: string | undefined
  features: ReadonlyArray<string>
  /** The connection that it has now. */
  client: Client | undefined
  readonly rooms: Set<Room>
  readonly inbox: Room
  /** The acks of its latest messages that carried a `cid`, oldest first. */
  readonly receipts: Map<string, Receipt>
  /** Ends it unless it comes back. */
  grace: NodeJS.Timeout | undefined
}

/** A message that was acked under a `cid`. */
export interface Receipt {
  /** Where it went and what it said. */
  readonly said: string
  readonly ack: Reply
}

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
  | "invalid_room"
  | "not_in_room"
  | "too_many_rooms"
  | "no_such_user"
  | "cannot_receive"
  | "session_replaced"

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
  /** The features that it has. */
  offered: ReadonlyArray<string>
  /** Messages kept of each room. */
  historyMax: number
  historyAgeMillis: number
  /** Bytes of a reply to `history`, without its `id`. */
  pageBytesMax: number
  roomsMax: number
  roomsPerClientMax: number
  /** The time that a session waits for its owner. */
  graceMillis: number
  /** Absent sessions. */
  sessionsMax: number
  inboxMax: number
  inboxBytesMax: number
  receiptsMax: number
  /** Objects that may wait for a client with `history`. */
  waitingMax: number

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

  // Rooms: where people talk
  lobby: Room
  rooms: Map<string, Room>
  makeRoom(name: string, key: string): Room
  roomKey(name: string): string
  isRoomName(name: string): boolean
  join(client: Client, request: Request): Answer
  part(client: Client, request: Request): Answer
  roomList(client: Client, request: Request): Answer
  listRoom(client: Client, request: Request): Answer
  /** The room that a request is about, or why there is none. */
  roomOf(client: Client, request: Request): Room | Code
  enter(session: Session, room: Room): void
  exit(session: Session, room: Room): void
  /** Forgets a room that nobody needs any more. */
  forget(room: Room): void
  presentIn(room: Room): ReadonlyArray<Client>
  roomUsers(room: Room): ReadonlyArray<string>
  sayIn(room: Room, client: Client, request: Request): void
  announceIn(room: Room, type: "joined" | "left", who: Client): void
  placed(object: Reply | Event, room: Room): Reply

  // History: what is kept of a room, and how it is shown again
  epoch: string
  /** The highest number that a forgotten room had. */
  floor: number
  keep(room: Room, client: Client, content: string): Said
  keepMax(room: Room): number
  expire(room: Room): void
  firstOf(room: Room): number
  history(client: Client, request: Request): Answer
  page(room: Room, before: number, limit: number): ReadonlyArray<Said>
  hears(client: Client, feature: string): boolean
  shown(client: Client, room: Room, said: Said): Event
  /** Sends a message of a room, with its number where the client has history. */
  tell(client: Client, room: Room, said: Said): void
  later(client: Client, make: () => ReadonlyArray<Reply | Event>): void
  drain(client: Client): void
  flush(client: Client): void
  show(client: Client, room: Room, said: Said): ReadonlyArray<Event>
  /** Has a client hear of a room from after a number on. */
  startAt(client: Client, room: Room, seq: number): void
  /** Remembers that a client knows its own message. */
  passOver(client: Client, room: Room, seq: number): void
  /** Shows what is kept of a room after a number; `own` tells if that includes what the client said itself. */
  replay(client: Client, room: Room, after: number, own: boolean): void
  tellGap(client: Client, room: Room, what: Reply): void
  gap(room: Room, what: Reply): Event

  // Sessions: who comes back, and what they missed
  sessions: Map<string, Session>
  /** The absent sessions by the key of their names. */
  reserved: Map<string, Session>
  granted(request: Request): ReadonlyArray<string>
  makeToken(): string
  openSession(client: Client, request: Request): Reply
  /** The session that a login comes back to. */
  sessionOf(request: Request): Session | undefined
  resume(client: Client, session: Session, request: Request): Reply
  takeOver(client: Client, session: Session, request: Request): void
  sessionFields(client: Client, request: Request, isResumed: boolean): Reply
  rejoin(client: Client, request: Request): void
  catchUp(client: Client, room: Room, request: Request): void
  /** What becomes of a session whose connection has ended. */
  depart(session: Session, client: Client): void
  keepsSession(session: Session): boolean
  discard(client: Client): void
  over(session: Session): void

  // Direct messages
  direct(client: Client, request: Request): Answer
  holderOf(name: string): Client | Session | undefined
  problemOfDirect(client: Client, holder: Client | Session | undefined): Code | undefined
  deliverDirect(client: Client, holder: Client | Session, request: Request): void

  // Receipts: the same message twice is one
  receiptOf(client: Client, request: Request): Receipt | undefined
  receiptKey(client: Client, request: Request): string
  acked(client: Client, request: Request, ack: Reply): Reply
  ackIn(client: Client, room: Room): Reply

  // Leaving: every way a connection ends
  leave(client: Client): void
  end(client: Client): void
  endBecause(client: Client, code: Code): void
  closed(client: Client): void
  shutDown(): void
}

/** Other pieces for some of a chat's; `base` still has those that they replace, to build upon. */
export type Change = (base: Chat) => Partial<Chat>
