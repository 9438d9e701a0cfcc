import type { AddressInfo } from "node:net"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type { Address } from "../../src/net/Address.ts"
import { type Chat, noTotals } from "../../attack/Chat.ts"
import { MessageOrder } from "../../attack/MessageOrder.ts"
import { mixedRun } from "../../attack/MixedRun.ts"
import { clocksWith, Patience } from "../../attack/Patience.ts"
import { Speaker } from "../../attack/Speaker.ts"
import type { Change } from "../../mutants/chat/Chat.ts"
import { listen, makeChat } from "../../mutants/chat/makeChat.ts"

/** A small server that is right, or wrong on purpose, as long as the scope lasts. */
export const serverWith = (change?: Change): Effect.Effect<Address, never, Scope.Scope> =>
  Effect.gen(function* () {
    const chat = makeChat(change)
    const server = yield* Effect.acquireRelease(
      Effect.promise(() => listen(chat, 0)),
      (server) =>
        Effect.sync(() => {
          server.close()
          for (const { socket } of chat.clients) socket.destroy()
        })
    )
    return { host: "127.0.0.1", port: (server.address() as AddressInfo).port }
  })

/** A short run at such a server. */
export const mixedRunAt = (change?: Change) =>
  Effect.scoped(
    Effect.flatMap(serverWith(change), (address) =>
      mixedRun({
        address,
        seed: 1,
        millisMax: 700,
        episodesMax: 20,
        crowdMax: 0,
        freezeMillis: 100,
        isOurs: false,
        patience: new Patience(clocksWith(undefined)),
        totals: noTotals()
      })
    )
  )

/** A chat for a hostile client, which needs no more of it than its address. */
export const chatAt = (address: Address): Chat => {
  const witness = new Speaker("witness")
  return {
    address,
    witness,
    speakers: new Map([["witness", witness]]),
    order: new MessageOrder(),
    floodPermit: Semaphore.makeUnsafe(1),
    patience: new Patience(clocksWith(undefined)),
    totals: noTotals(),
    onViolation: () => {}
  }
}
