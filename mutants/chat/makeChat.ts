import { createServer, type Server } from "node:net"
import type { Change, Chat } from "./Chat.ts"
import { direct } from "./Direct.ts"
import { framing } from "./Framing.ts"
import { history } from "./History.ts"
import { leaving } from "./Leaving.ts"
import { messages } from "./Messages.ts"
import { receipts } from "./Receipts.ts"
import { registry } from "./Registry.ts"
import { replaying } from "./Replaying.ts"
import { replies } from "./Replies.ts"
import { requests } from "./Requests.ts"
import { resuming } from "./Resuming.ts"
import { roomRequests } from "./RoomRequests.ts"
import { rooms } from "./Rooms.ts"
import { sending } from "./Sending.ts"
import { sessions } from "./Sessions.ts"

const parts = [
  framing,
  requests,
  messages,
  registry,
  replies,
  sending,
  rooms,
  roomRequests,
  history,
  replaying,
  sessions,
  resuming,
  direct,
  receipts,
  leaving
]

/** A chat with some of its pieces changed; a later change builds upon an earlier one. */
export const makeChat = (...changes: ReadonlyArray<Change | undefined>): Chat => {
  const chat = {} as Chat
  const settings = {
    backlog: 511,
    frameBytesMax: 65_536,
    outboxBytesMax: 1_048_576,
    malformedMax: 10,
    nameCodePointsMax: 32,
    lingerMillis: 1000,
    keepAliveMillis: 30_000,
    offered: ["presence", "rooms", "direct", "history"],
    historyMax: 200,
    pageBytesMax: 65_024,
    historyAgeMillis: 86_400_000,
    roomsMax: 1000,
    roomsPerClientMax: 20,
    graceMillis: 120_000,
    sessionsMax: 1000,
    inboxMax: 100,
    inboxBytesMax: 262_144,
    receiptsMax: 64,
    waitingMax: 20_000
  }
  Object.assign(chat, settings)
  for (const pieces of parts) Object.assign(chat, pieces(chat))
  for (const change of changes) if (change !== undefined) apply(chat, change)
  return chat
}

/** Puts the pieces of a change in. Its `base` shows it the pieces that these replace, and of the others whatever is there. */
const apply = (chat: Chat, change: Change): void => {
  const replaced = { ...chat }
  let own: Partial<Chat> = {}
  const base = new Proxy(chat, {
    get: (_, piece: keyof Chat) => (Object.hasOwn(own, piece) ? replaced : chat)[piece]
  })
  own = change(base)
  Object.assign(chat, own)
}

/** Opens a chat on a port of this machine (0: any free one); done when it listens. */
export const listen = (chat: Chat, port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const keepAlive = { keepAlive: true, keepAliveInitialDelay: chat.keepAliveMillis }
    const server = createServer({ allowHalfOpen: true, noDelay: true, ...keepAlive }, (socket) =>
      chat.accept(socket)
    )
    server.once("error", reject)
    server.listen({ port, host: "127.0.0.1", backlog: chat.backlog }, () => resolve(server))
  })
