import type { Socket } from "node:net"
import type { Interface } from "node:readline"

/** Any object of the protocol. */
export type Message = { readonly [field: string]: unknown }

/** The parts of a chat client, each of which can be replaced. */
export interface Client {
  socket: Socket
  lines: Interface
  /** The own name, once it was asked for. */
  username: string
  /** Begins: connects, asks for the name where none was given, logs in. */
  start: (port: number, name: string | undefined) => void
  login: () => void
  /** A line that was typed. */
  typed: (line: string) => void
  say: (content: string) => void
  list: () => void
  quit: () => void
  message: (content: string) => Message
  send: (message: Message) => void
  encode: (message: Message) => string
  /** Bytes that came. */
  read: (bytes: Buffer) => void
  received: (message: Message) => void
  answered: (answer: Message) => void
  heard: (message: Message) => void
  users: (names: ReadonlyArray<string>) => void
  refused: (answer: Message) => void
  /** The server has ended the connection. */
  ended: () => void
  /** Writes a line to the screen. */
  show: (line: string) => void
  print: (text: string) => void
}

/** Replaces some of the parts of a client: the second one, which is in use; the first has them as they were. */
export type Change = (base: Client, client: Client) => Partial<Client>
