import * as Effect from "effect/Effect"
import { type ChatServer, createServer, type ServerOptions } from "../../src/index.ts"
import { connectTo, type TestClient } from "./TestClient.ts"

export const started = (options: ServerOptions = {}) =>
  Effect.acquireRelease(
    Effect.promise(() =>
      createServer({ hosts: ["127.0.0.1"], port: 0, locale: "en", logLevel: "error", ...options })
    ),
    (server) => Effect.promise(server.close)
  )

export const connect = ({ addresses }: ChatServer) => connectTo(addresses[0]!)

export const connectAs = (server: ChatServer, username: string) =>
  Effect.flatMap(connect(server), (client) => client.login(username))

/** Logs in with the features that keep something, and gives the reply. */
export const loginWith = (server: ChatServer, username: string, fields: object) =>
  Effect.flatMap(connect(server), (client) =>
    client.ask({ type: "login", username, features: ["rooms", "direct", "history"], ...fields })
  )

export const connectWith = (server: ChatServer, username: string) =>
  Effect.flatMap(connect(server), (client) => client.login(username, "rooms", "direct", "history"))

export const say = (client: TestClient, content: string) => client.ask({ type: "message", content })

export const never = new Promise<never>(() => {})

export const thrower = () => {
  throw new Error("a bug")
}

/** Waits for what the server does of itself, a turn of the event loop at a time. */
export const waitUntil = (isSo: () => boolean) =>
  Effect.promise(async () => {
    while (!isSo()) await new Promise(setImmediate)
  })
