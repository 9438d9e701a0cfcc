import * as Effect from "effect/Effect"
import type { Ending } from "../net/Ending.ts"
import { carryOutInTurn, type Conversation } from "./Conversation.ts"
import { left } from "./News.ts"

/**
 * Gives up what the client of an ended connection holds, if it still holds anything, in its turn among the broadcasts. A
 * session is kept, unless somebody ended it on purpose.
 */
export const depart = (conversation: Conversation): Effect.Effect<void> => {
  const { connection, house } = conversation
  const keep = !endsSession.has(connection.ending)
  return Effect.asVoid(
    carryOutInTurn(house, { t: "leave", id: connection.id, keep }, (result) =>
      result.t === "left" ? left(house, result) : () => {}
    )
  )
}

const endsSession: ReadonlySet<Ending | undefined> = new Set(["logout", "kicked"])
