import { existsSync, writeFileSync } from "node:fs"
import net from "node:net"
import type { Change } from "../../mutants/chat/Chat.ts"
import { makeChat } from "../../mutants/chat/makeChat.ts"

// A server for tests of targets: `node program.ts PORT MODE [FILE]`.
const [port = "0", mode = "correct", file = ""] = process.argv.slice(2)

const changes: Record<string, Change> = {
  "crashes on a message": () => ({
    message: () => {
      console.error("about to give up")
      return process.exit(3)
    }
  }),
  "dies of a signal": () => ({
    message: () => {
      process.kill(process.pid, "SIGSEGV")
      return undefined
    }
  }),
  "cannot bear a connection without a login": (base) => ({
    accept: (socket) => {
      base.accept(socket)
      socket.once("close", () => loggedIn.has(socket) || process.exit(9))
    },
    claim: (client, name) => {
      loggedIn.add(client.socket)
      return base.claim(client, name)
    }
  })
}
const loggedIn = new WeakSet<net.Socket>()

/** Leaves the port in TIME_WAIT: by a connection that has it at its own end, and closes first. */
const useUp = () =>
  new Promise<void>((resolve) => {
    const other = net.createServer((socket) => socket.resume().once("close", () => resolve()))
    other.listen(0, "127.0.0.1", () => {
      const { port: theirs } = other.address() as net.AddressInfo
      net.connect({ host: "127.0.0.1", port: theirs, localPort: Number(port) }, function (this: net.Socket) {
        this.end()
      })
    })
  })

if (mode === "finds its port taken once" && !existsSync(file)) {
  writeFileSync(file, "it was tried once")
  await useUp()
  process.exit(1)
}
if (mode === "ends with its input") process.stdin.resume().once("end", () => process.exit(0))
if (mode === "tells its port") writeFileSync(file, port)
const chat = makeChat(changes[mode])
const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => chat.accept(socket))
console.log("starting")
server.listen({ port: Number(port), host: mode === "listens on ::1 alone" ? "::1" : "127.0.0.1" })
