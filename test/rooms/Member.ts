import * as Effect from "effect/Effect"
import { connect, type Received, type TestClient } from "../support/TestClient.ts"

export const all = ["presence", "rooms", "direct", "history"]

/** Logs in with features, and with the other fields of a login: gives the client, and the reply. */
export const enter = (
  username: string,
  fields: object = {},
  features: ReadonlyArray<string> = all.slice(1)
) =>
  Effect.gen(function* () {
    const client = yield* connect
    const welcome = yield* client.ask({ type: "login", username, features, ...fields })
    if (welcome.status !== "success") return yield* Effect.die(new Error(JSON.stringify(welcome)))
    return { client, welcome }
  })

/** Cuts a connection, and waits until the server has noticed: `witness` does not see the name any more. */
export const cut = (client: TestClient, witness: TestClient, username: string) =>
  Effect.gen(function* () {
    client.socket.resetAndDestroy()
    let users: ReadonlyArray<string>
    do {
      const received = yield* witness.ask({ type: "list" })
      users = received.users ?? [username]
    } while (users.includes(username))
  })

/** The events among what came, without those about presence. */
export const contents = (received: ReadonlyArray<Received>): ReadonlyArray<string> =>
  received.filter(({ type }) => type === "message").map(({ content }) => content)
