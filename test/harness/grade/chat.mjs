import net from "node:net"

// A plain chat server, as the submissions of tests begin: `serve(port)`; what each adds to it is another file.

const send = (socket, value) => socket.write(JSON.stringify(value))

/** Listens, and serves login, message and list; `hook` may answer a request before it does. */
export const serve = (port, hook = () => undefined) => {
  const clients = new Map()
  const answer = (socket, request) => {
    const replaced = hook(request)
    if (replaced !== undefined) return replaced === "silence" ? undefined : send(socket, replaced)
    const { content, type, username } = request
    if (type === "list") return send(socket, { status: "success", users: [...clients.values()] })
    if (type === "login" && [...clients.values()].includes(username))
      return send(socket, { status: "error", message: "taken" })
    if (type === "login") clients.set(socket, username)
    if (type === "message")
      for (const other of clients.keys())
        if (other !== socket) send(other, { type: "message", username: clients.get(socket), content })
    return send(socket, { status: "success" })
  }
  const server = net.createServer((socket) => {
    let text = ""
    socket.on("error", () => {}).on("close", () => clients.delete(socket))
    socket.setEncoding("utf8").on("data", (data) => {
      text += data
      // the clients of the harness end each request with a newline
      for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
        const line = text.slice(0, end)
        text = text.slice(end + 1)
        if (line.trim() !== "") answer(socket, JSON.parse(line))
      }
    })
  })
  server.listen(Number(port), "127.0.0.1")
}
