import * as Effect from "effect/Effect"
import { encode } from "../language/Template.ts"
import { ActorConnection } from "./ActorConnection.ts"
import type { ChatSession } from "./ChatSession.ts"
import { Condition } from "./Condition.ts"
import type { Address } from "../../src/net/Address.ts"
import { waking } from "./WireEvent.ts"

/** The time that ending a session may take. */
const endMillisMax = 1_000

/** Logs out of a session, wherever its connection is: until then the server would keep the name for it (RESUME-6). */
export const endSession = (
  address: Address,
  { features, token: session, username }: Pick<ChatSession, "features" | "token" | "username">
): Effect.Effect<void> =>
  Effect.gen(function* () {
    const changed = new Condition()
    const wiring = { actor: username, listener: waking(changed) }
    const connection = yield* Effect.acquireRelease(
      ActorConnection.open(address, wiring, endMillisMax),
      (connection) => connection.part
    )
    const login = { type: "login", username, features, session }
    yield* connection.write(Buffer.concat([encode(login), encode({ type: "logout" })]))
    yield* changed.until(() => connection.ended)
  }).pipe(Effect.scoped, Effect.timeout(endMillisMax), Effect.ignore)
