import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { listeningHost } from "../../process/Port.ts"
import { formatAddress } from "../../src/net/Address.ts"
import { ActorConnection } from "../stage/ActorConnection.ts"
import { hasField } from "../stage/PendingRequests.ts"
import { Condition } from "../stage/Condition.ts"
import { type Server, TargetFailed } from "../stage/Target.ts"
import { whyNoConnection } from "../stage/Trouble.ts"
import { waking } from "../stage/WireEvent.ts"
import { encode } from "../language/Template.ts"
import { clip, listed, visible } from "../Format.ts"
import type { PlayTexts } from "../texts/Play.ts"
import type { TargetTexts } from "../texts/Targets.ts"

/** The time that it may take to find out who else is there. */
const strangersMillisMax = 5_000

/** Gives the reason why others than the clients of this run may be on a server, or `undefined` where none are. */
export const whyNotAlone = (
  strangers: ReadonlyArray<string> | undefined,
  texts: PlayTexts
): string | undefined => {
  if (strangers === undefined) return texts.strangersUnknown
  if (strangers.length === 0) return undefined
  const names = strangers.slice(0, 5).map((name) => clip(visible(name), 40))
  return texts.strangers(listed(names, texts.and))
}

/** Lists the users of a server, less a client of this name and those of this run; `undefined` where it does not tell. */
export const strangersAt = (
  server: Server,
  username: string,
  ours: ReadonlySet<string>,
  texts: TargetTexts
): Effect.Effect<ReadonlyArray<string> | undefined, TargetFailed> =>
  usersAt(server, username).pipe(
    Effect.map(
      Option.match({
        onNone: () => undefined,
        onSome: (users) => users.filter((name) => name !== username && !ours.has(name))
      })
    ),
    Effect.catchTag("ConnectFailed", (failed) =>
      Effect.gen(function* () {
        const address = formatAddress(server)
        const reason =
          failed.isRefused === true
            ? texts.nobodyAccepts(address, yield* elsewhere(server))
            : texts.cannotConnect(address, whyNoConnection(failed, server.host, texts))
        return yield* new TargetFailed({ reason, lastLines: [] })
      })
    )
  )

/** Another address of this machine at which somebody listens on the port of a server that should be here. */
const elsewhere = ({ host, port }: Server): Effect.Effect<string | undefined> =>
  isLoopback(host)
    ? listeningHost(port).pipe(
        Effect.map((found) => (found === undefined ? undefined : formatAddress({ host: found, port }))),
        Effect.catch(() => Effect.undefined)
      )
    : Effect.undefined

const isLoopback = (host: string): boolean => /^(127\..*|::1|localhost)$/.test(host)

/** Lists the users of a server, as it tells a client of this name; none where it does not answer `list` in time. */
export const usersAt = Effect.fnUntraced(
  function* (server: Server, username: string) {
    const changed = new Condition()
    const wiring = { actor: username, listener: waking(changed) }
    const connection = yield* Effect.acquireRelease(
      ActorConnection.open(server, wiring, strangersMillisMax),
      (connection) => connection.part
    )
    yield* connection.write(Buffer.concat([encode({ type: "login", username }), encode({ type: "list" })]))
    const reply = yield* changed.until(() =>
      connection.inbox.find(({ value }) => hasField(value, "users", Array.isArray))
    )
    return (reply.value as { readonly users: ReadonlyArray<unknown> }).users.map(String)
  },
  Effect.scoped,
  Effect.timeoutOption(strangersMillisMax)
)
