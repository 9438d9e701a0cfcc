import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { listeningHost } from "../../process/Port.ts"
import { type Address, formatAddress } from "../../src/net/Address.ts"
import { ActorConnection, type ConnectFailed } from "../stage/ActorConnection.ts"
import { hasField } from "../stage/PendingRequests.ts"
import { Condition } from "../stage/Condition.ts"
import { nodesOf } from "../stage/Deal.ts"
import { type Node, type Server, TargetFailed } from "../stage/Target.ts"
import type { TargetKnowledge } from "../stage/TargetKnowledge.ts"
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

/**
 * Lists the users of a server, as each of its nodes tells, less those of this run; `undefined` where one does not tell.
 * Fails where one cannot be reached.
 */
export const strangersAt = Effect.fnUntraced(function* (
  server: Server,
  knowledge: TargetKnowledge,
  texts: TargetTexts
): Effect.fn.Return<ReadonlyArray<string> | undefined, TargetFailed> {
  const told = yield* Effect.forEach(nodesOf(server), (node) =>
    Effect.catchTag(usersAt(node, knowledge.uniqueName()), "ConnectFailed", (failed) =>
      whyNobodyThere(failed, node, texts)
    )
  )
  if (told.some(Option.isNone)) return undefined
  const users = new Set(told.flatMap(Option.getOrThrow))
  return [...users].filter((name) => !knowledge.isOwn(name))
})

const whyNobodyThere = Effect.fnUntraced(function* (
  failed: ConnectFailed,
  node: Node,
  texts: TargetTexts
): Effect.fn.Return<never, TargetFailed> {
  const reason =
    failed.isRefused === true
      ? texts.nobodyAccepts(node.name, yield* elsewhere(node))
      : texts.cannotConnect(node.name, whyNoConnection(failed, node.host, texts))
  return yield* new TargetFailed({ reason, lastLines: [] })
})

/** Another address of this machine at which somebody listens on the port of a server that should be here. */
const elsewhere = ({ host, port }: Address): Effect.Effect<string | undefined> =>
  isLoopback(host)
    ? listeningHost(port).pipe(
        Effect.map((found) => (found === undefined ? undefined : formatAddress({ host: found, port }))),
        Effect.catch(() => Effect.undefined)
      )
    : Effect.undefined

const isLoopback = (host: string): boolean => /^(127\..*|::1|localhost)$/.test(host)

/** Lists the users of a server, as it tells a client of this name; none where it does not answer `list` in time. */
export const usersAt = Effect.fnUntraced(
  function* (address: Address, username: string) {
    const changed = new Condition()
    const wiring = { actor: username, listener: waking(changed) }
    const connection = yield* Effect.acquireRelease(
      ActorConnection.open(address, wiring, strangersMillisMax),
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
