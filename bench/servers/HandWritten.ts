import * as net from "node:net"

/** The clients in the room, by name. */
export type Users = ReadonlyMap<string, net.Socket>

/**
 * The chat on bare `node:net`, without limits, checks or rules: what is left when everything but the work itself is
 * taken away. `deliver` says how a message goes out.
 */
export function serve(deliver: (users: Users, from: net.Socket, message: Buffer) => void): void {
  const users = new Map<string, net.Socket>()
  const server = net.createServer({ noDelay: true }, (socket) => {
    let text = ""
    let name = ""
    socket.setEncoding("utf8")
    socket.on("error", () => {})
    socket.on("close", () => users.delete(name))
    socket.on("data", (chunk) => {
      text += chunk
      for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
        const request = JSON.parse(text.slice(0, end)) as Request
        text = text.slice(end + 1)
        if (request.type === "login" && !users.has(request.username)) {
          name = request.username
          users.set(name, socket)
          socket.write(line({ status: "success", message: `Bienvenue, ${name}` }))
        } else if (request.type === "message") {
          deliver(users, socket, line({ type: "message", username: name, content: request.content }))
          socket.write(ack)
        } else if (request.type === "list") {
          socket.write(line({ status: "success", users: [...users.keys()] }))
        } else if (request.type === "ping") {
          socket.write(line({ status: "success", message: "pong" }))
        } else {
          socket.write(line({ status: "error", message: "?" }))
        }
      }
    })
  })
  server.listen({ host: "127.0.0.1", port: Number(process.argv[2]), backlog: 4096 })
}

type Request =
  | { readonly type: "login"; readonly username: string }
  | { readonly type: "message"; readonly content: string }
  | { readonly type: "list" }
  | { readonly type: "ping" }

const line = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value)}\n`)
const ack = line({ status: "success", message: "Message envoyé à tous les clients" })
