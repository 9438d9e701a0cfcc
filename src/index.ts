/**
 * The package: a chat server and a client for programs. `createServer` and `connect` speak in promises, `layer` is the
 * server for programs that are written with Effect.
 *
 * @module
 */
import "./NodeVersion.ts"

export type { Message } from "./client/Received.ts"
export type { Place } from "./client/Session.ts"
export type { Event, Kept, RoomEntry } from "./Protocol.ts"
export {
  type ChatClient,
  ChatError,
  type ChatEvent,
  connect,
  type ConnectOptions,
  type HistoryOptions,
  type JoinedRoom,
  type Reconnected
} from "./connect.ts"
export { type ChatServer, createServer, type ServerEvent, type ServerOptions } from "./createServer.ts"
export type {
  Hook,
  LoginAnswer,
  LoginQuestion,
  MessageAnswer,
  MessageQuestion
} from "./embedding/Embedder.ts"
export type { Missed } from "./embedding/Feed.ts"
export { printable } from "./client/Printable.ts"
export { layer } from "./layer.ts"
export { Server } from "./Server.ts"
