import type { AddressInfo } from "node:net"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Address } from "../../src/net/Address.ts"
import { type Chat, makeChat, noTotals } from "../../attack/Chat.ts"
import { mixedRun } from "../../attack/MixedRun.ts"
import { clocksWith, Patience } from "../../process/Patience.ts"
import type { Change } from "../../mutants/chat/Chat.ts"
import * as faulty from "../../mutants/chat/makeChat.ts"

/** A small server that is right, or wrong on purpose, as long as the scope lasts. */
export const serverWith = (change?: Change): Effect.Effect<Address, never, Scope.Scope> =>
  Effect.map(chatWith(change), ({ address }) => address)

/** The same, and what it is made of. */
export const chatWith = (change?: Change) =>
  Effect.gen(function* () {
    const chat = faulty.makeChat(change)
    const server = yield* Effect.acquireRelease(
      Effect.promise(() => faulty.listen(chat, 0)),
      (server) =>
        Effect.sync(() => {
          server.close()
          for (const { socket } of chat.clients) socket.destroy()
        })
    )
    return { chat, address: { host: "127.0.0.1", port: (server.address() as AddressInfo).port } }
  })

/** A short run at such a server; where it is wrong, the run is as long as it takes to find that. */
export const mixedRunAt = (change?: Change) =>
  Effect.scoped(
    Effect.flatMap(serverWith(change), (address) =>
      mixedRun({
        address,
        seed: 1,
        millisMax: change === undefined ? 700 : 60_000,
        episodesMax: change === undefined ? 20 : Infinity,
        crowdMax: 0,
        freezeMillis: 100,
        isOurs: false,
        patience,
        totals: noTotals()
      })
    )
  )

/** A chat for a hostile client, which needs no more of it than its address. */
export const chatAt = (address: Address): Chat =>
  makeChat({ address, patience }, ["witness"], noTotals(), () => {})

const patience = new Patience(clocksWith(undefined))
