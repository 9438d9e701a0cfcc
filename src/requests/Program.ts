import * as Effect from "effect/Effect"
import type { Happening } from "../fold/Happening.ts"
import type { Ending } from "../net/Ending.ts"
import { encode } from "../Protocol.ts"
import { carryOutInTurn, type House } from "./Conversation.ts"
import { left } from "./News.ts"

/** Says something in the lobby for the program itself, as soon as there is room for it. Gives the result. */
export const announce = (
  house: House,
  username: string,
  content: string
): Effect.Effect<Happening, Ending> => {
  const { hub, replica } = house
  const bytes = encode({ type: "message", username, content })
  const append = Effect.callback<Happening>((resume) =>
    replica.submit({ t: "announce", username, content }, (result) => {
      if (result.t === "said") {
        const { message: said, room } = result
        hub.publish({ room, to: "members", from: undefined, bytes, said }, bytes.length)
      } else hub.release(bytes.length)
      resume(Effect.succeed(result))
    })
  )
  return Effect.andThen(hub.admit(undefined, bytes.length) ?? Effect.void, append)
}

/** Ends the connection of a user, on whichever node it is. Gives the result once it is off the list. */
export const kick = (house: House, username: string, reason: string | undefined): Effect.Effect<Happening> =>
  carryOutInTurn(house, { t: "kick", username, ...(reason !== undefined && { reason }) }, (result) =>
    result.t === "left" ? left(house, result) : () => {}
  )
