import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Hash } from "../fold/Operation.ts"
import type { Attachment, Holder } from "../fold/State.ts"
import { addressKeys } from "../net/AddressLimits.ts"
import type { Connection } from "../net/Connection.ts"
import { Connections } from "../net/Connections.ts"
import type { TokenBucket } from "../net/TokenBucket.ts"
import { Registry } from "../Registry.ts"
import { Replica } from "../replica/Replica.ts"
import { Settings } from "../settings/Settings.ts"

/** Time between two looks at what is too old. */
const lookMillis = 1_000

/** A session that is absent, as long as it is. */
interface Absent {
  readonly holder: Holder
  /** The connection that it had last. */
  readonly attachment: Attachment
  readonly sinceMillis: number
  /** The address that it counts for, if that is limited, and it was connected here. */
  readonly address: string | undefined
  /** Its right to send messages, if that is limited: a new connection is no way to get a new one. */
  readonly messages: TokenBucket | undefined
}

/** A client as this keeper of sessions sees it. */
interface Client {
  readonly connection: Connection
  messages: TokenBucket | undefined
}

/**
 * Sees to it that what is kept for absent clients, and of what was said, is not kept too long. The state has no clock:
 * the clock of a server says when, and an operation in the log says so to all. Each server does so for those who were
 * connected to it; for those of the dead, and for what was said, the one does that has lived longest.
 */
export interface Sessions {
  /** A client came back, or came anew: it has the rights of its session. */
  readonly came: (client: Client, holder: Holder, replaced: Client | undefined) => void
  /** A client is gone; its session is kept if it is absent now. */
  readonly left: (client: Client, holder: Holder) => void
}

export const makeSessions = Effect.gen(function* () {
  const settings = yield* Settings
  const { readMillis } = yield* Connections
  const { state } = yield* Registry
  const replica = yield* Replica
  const { addressSessionsMax = Infinity, graceMillis, historyMillisMax } = settings
  const keysOf = addressKeys(settings.exemptAddresses)
  /** The longest absent first. */
  const absent = new Map<Hash, Absent>()

  const isAbsent = ({ attachment, holder }: Absent): boolean =>
    state.absent.has(holder) && holder.attachment === attachment

  const note = (holder: Holder, address?: string, messages?: TokenBucket): void => {
    const { attachment, session } = holder
    absent.delete(session!.hash)
    absent.set(session!.hash, { holder, attachment, sinceMillis: readMillis(), address, messages })
  }

  /** Notes who is absent since they left other servers, or since an earlier run of this one, and forgets who is not. */
  const noteOthers = (): void => {
    for (const [session, each] of absent) if (!isAbsent(each)) absent.delete(session)
    for (const holder of state.absent) if (!absent.has(holder.session!.hash)) note(holder)
  }

  const end = (session: Hash, { attachment: { id, node: of } }: Absent): void =>
    replica.submit({ t: "over", session, id, of }, () => {})

  /** Ends the longest absent sessions of an address that has too many. */
  const boundAddress = (address: string): void => {
    const same = [...absent].filter(([, each]) => each.address === address && isAbsent(each))
    for (const [session, each] of same.slice(0, Math.max(0, same.length - addressSessionsMax)))
      end(session, each)
  }

  const isEldest = (): boolean => state.nodes.keys().next().value === replica.node

  const endGraces = (nowMillis: number): void => {
    for (const [session, each] of absent) {
      if (nowMillis - each.sinceMillis < graceMillis) return
      const { node } = each.attachment
      if (node === replica.node || (!state.nodes.has(node) && isEldest())) end(session, each)
    }
  }

  /** Lets go of what was said too long ago (HIST-4). */
  const trim = (nowMillis: number): void => {
    const { archive, position } = state
    let said = archive.oldest
    if (said === undefined || nowMillis - said.at <= historyMillisMax || !isEldest()) return
    while (said !== undefined && nowMillis - said.at > historyMillisMax) said = said.newer
    replica.submit({ t: "trim", before: said?.position ?? position + 1 }, () => {})
  }

  const look = Effect.map(
    Effect.clockWith(({ currentTimeMillis }) => currentTimeMillis),
    (nowMillis) => {
      noteOthers()
      endGraces(readMillis())
      trim(nowMillis)
    }
  )
  noteOthers()
  yield* Effect.forkScoped(Effect.repeat(look, Schedule.spaced(lookMillis)))

  return {
    came: (client, { session }, replaced) => {
      if (session !== undefined) client.messages = replaced?.messages ?? absent.get(session.hash)?.messages
    },
    left: ({ connection, messages }, holder) => {
      if (holder.session === undefined || !holder.isAbsent) return
      const address = addressSessionsMax === Infinity ? undefined : keysOf(connection.peer.host)?.address
      note(holder, address, messages)
      if (address !== undefined) boundAddress(address)
    }
  } satisfies Sessions as Sessions
})
