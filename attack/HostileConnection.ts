import * as Effect from "effect/Effect"
import type { Chat } from "./Chat.ts"
import { RawConnection } from "./RawConnection.ts"
import { violation } from "./Violation.ts"

/** Connects as a hostile client; what is left of it is reset when the scope closes. */
export const connect = (chat: Chat, who: string) =>
  Effect.tap(
    RawConnection.connect(chat.address, (text) =>
      chat.onViolation(violation("WIRE-1", who, "one JSON object a line", text.slice(0, CHARACTERS_MAX)))
    ),
    () => Effect.sync(() => chat.totals.hostileConnections++)
  )

/** Several of them. */
export const connectTogether = (chat: Chat, who: string, size: number) =>
  Effect.all(
    Array.from({ length: size }, () => connect(chat, who)),
    { concurrency: AT_ONCE }
  )

/** Does something with all connections at the same moment. */
export const together = (
  connections: ReadonlyArray<RawConnection>,
  act: (connection: RawConnection, i: number) => Effect.Effect<void>
): Effect.Effect<void> => Effect.forEach(connections, act, { concurrency: "unbounded", discard: true })

/** Handshakes at a time. */
const AT_ONCE = 64
const CHARACTERS_MAX = 200
