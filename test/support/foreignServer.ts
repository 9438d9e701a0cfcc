import { createServer, type Server } from "node:net"
import { foreign } from "./foreign.ts"

/** The ways of such a server: it plays along, refuses every name, or says goodbye after the login. */
export type Way = "welcomes" | "refuses" | "says goodbye"

/** A server whose every text is hostile; `onMessage` is told of what is said. */
export const foreignServer = (way: Way, onMessage: () => void): Server => {
  const trouble = { status: "error", code: foreign, message: foreign }
  const answers: Record<string, object> = {
    login: way === "refuses" ? trouble : { status: "success", message: foreign, [foreign]: [foreign] },
    list: { status: "success", users: [foreign, "alice"] },
    message: trouble
  }
  return createServer((socket) => {
    const send = (object: object) => socket.write(`${JSON.stringify(object)}\n`)
    socket.on("error", () => undefined)
    socket.on("data", (bytes) => {
      for (const line of bytes.toString().trim().split("\n")) {
        const { type } = JSON.parse(line) as { readonly type: string }
        if (type === "message") onMessage()
        send(answers[type] ?? { status: "error" })
        if (type !== "login" || way === "refuses") continue
        send({ type: "message", username: foreign, content: foreign })
        send({ type: "joined", username: foreign })
        if (way === "says goodbye") {
          send(trouble)
          socket.end()
        }
      }
    })
  })
}
