import { text } from "node:stream/consumers"
import * as Effect from "effect/Effect"
import type { Address } from "../src/net/Address.ts"
import { type CannotConnect, open } from "./Sockets.ts"

/** Counts the names on the server's list, its own left out. */
export const namesOnline = (address: Address): Effect.Effect<number, CannotConnect> =>
  Effect.gen(function* () {
    const socket = yield* open(address)
    socket.write('{"type":"login","username":"figures"}{"type":"list"}{"type":"logout"}')
    const replies = yield* Effect.promise(() => text(socket))
    socket.destroy()
    const [, list] = replies.split("\n")
    const { users } = JSON.parse(list ?? "") as { readonly users: ReadonlyArray<string> }
    return users.length - 1
  })
