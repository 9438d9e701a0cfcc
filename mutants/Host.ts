import type { AddressInfo, Server, Socket } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import type { Chat } from "./chat/Chat.ts"
import { listen, makeChat } from "./chat/makeChat.ts"
import { faults } from "./Faults.ts"
import { variants } from "./Variants.ts"

// Serves one chat after the other to whoever started it with a channel for messages, which costs far less than a program
// for each. Its arguments name faults or variants. It answers `start PORT` and `restart PORT` with the port that it
// listens on, and `stop` with 0.

const rows = [...variants, ...faults]
const changes = process.argv.slice(2).map((name) => rows.find((row) => row.name === name)!.change)

interface Running {
  readonly chat: Chat
  readonly server: Server
  readonly sockets: Set<Socket>
}
let running: Running | undefined

const start = async (port: number): Promise<number> => {
  const chat = makeChat(...changes)
  const server = await listen(chat, port)
  const sockets = new Set<Socket>()
  server.on("connection", (socket) => {
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
  })
  running = { chat, server, sockets }
  return (server.address() as AddressInfo).port
}

/** Done once nothing more can come of its connections. */
const stop = async (): Promise<number> => {
  if (running === undefined) return 0
  const { server, sockets } = running
  running = undefined
  const closed = new Promise((resolve) => void server.close(resolve))
  for (const socket of sockets) socket.destroy()
  await closed
  return 0
}

/** Shuts down as on SIGTERM, and starts again. */
const restart = async (port: number): Promise<number> => {
  const { chat, server } = running!
  const closed = new Promise((resolve) => void server.once("close", resolve))
  server.close()
  chat.shutDown()
  await Promise.race([closed, sleep(shutDownMillisMax)])
  await stop()
  return start(port)
}

/** The time for goodbyes, which are bounded by the time that a chat lingers. */
const shutDownMillisMax = 2_000

const deeds = { start, restart, stop }

process.on("message", (message: string) => {
  const [deed, port = "0"] = message.split(" ") as [keyof typeof deeds, string?]
  void deeds[deed](Number(port)).then((answer) => process.send!(answer))
})
