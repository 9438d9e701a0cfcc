import { connect } from "node:net"
import { createInterface } from "node:readline"
import { JsonStream } from "../chat/JsonStream.ts"
import type { Change, Client, Message } from "./Client.ts"

/** A small client that is right in every clause, with some of its parts changed. */
export const makeClient = (...changes: ReadonlyArray<Change>): Client => {
  const stream = new JsonStream(frameBytesMax)
  const client: Client = {
    socket: undefined as never,
    lines: undefined as never,
    username: "",

    start(port, name) {
      client.lines = createInterface({ input: process.stdin, terminal: false })
      client.socket = connect({ host: "127.0.0.1", port }, () => {
        if (name === undefined) return client.print("name: ")
        client.username = name
        client.login()
      })
      client.socket.on("data", (bytes: Buffer) => client.read(bytes))
      client.socket.on("end", () => client.ended())
      client.socket.on("error", () => client.ended())
      client.lines.on("line", (line) => {
        if (client.username !== "") return client.typed(line)
        client.username = line
        client.login()
      })
    },

    login: () => client.send({ type: "login", username: client.username }),

    typed(line) {
      if (line === "/list") client.list()
      else if (line === "/quit") client.quit()
      else client.say(line)
    },

    say: (content) => client.send(client.message(content)),
    list: () => client.send({ type: "list" }),
    quit: () => client.socket.end(() => process.exit(0)),
    message: (content) => ({ type: "message", username: client.username, content }),
    send: (message) => void client.socket.write(client.encode(message)),
    encode: (message) => JSON.stringify(message),

    read(bytes) {
      for (const frame of stream.push(bytes))
        if (typeof frame !== "string") client.received(JSON.parse(frame.toString()) as Message)
    },

    received(message) {
      if ("status" in message) client.answered(message)
      else if (message["type"] === "message") client.heard(message)
    },

    answered(answer) {
      if (answer["status"] !== "success") client.refused(answer)
      else if (Array.isArray(answer["users"])) client.users(answer["users"])
    },

    heard: ({ content, username }) => client.show(`${username}: ${content}`),
    users: (names) => client.show(`here are: ${names.join(", ")}`),
    refused: ({ message }) => client.show(`refused: ${message}`),

    ended() {
      client.show("the server is gone")
      process.exit(0)
    },

    show: (line) => client.print(`${line}\n`),
    print: (text) => void process.stdout.write(text)
  }
  for (const change of changes) Object.assign(client, change({ ...client }, client))
  return client
}

/** The longest object that it reads. */
const frameBytesMax = 64 * 1024
