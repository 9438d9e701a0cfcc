import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Hash } from "../fold/Operation.ts"
import type { Holder } from "../fold/State.ts"
import { addressKeys } from "../net/AddressLimits.ts"
import type { Connection } from "../net/Connection.ts"
import { Connections } from "../net/Connections.ts"
import type { TokenBucket } from "../net/TokenBucket.ts"
import { Registry } from "../Registry.ts"
import { Replica } from "../replica/Replica.ts"
import { Settings } from "../settings/Settings.ts"

/** Time between two looks at what is too old. */
const lookMillis = 1_000

/** An absent session whose client was connected here. */
interface Absent {
  readonly holder: Holder
  readonly sinceMillis: number
  /** The address that it counts for, if that is limited. */
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
 * this server's clock says when, and an operation in the log says so to all.
 */
export interface Sessions {
  /** A client came back, or came anew: it has the rights of its session. */
  readonly came: (client: Client, holder: Holder, replaced: Client | undefined) => void
  /** A client is gone; its session is kept if it is absent now. */
  readonly left: (client: Client, holder: Holder) => void
  /** A session is over, for whatever reason. */
  readonly over: (holder: Holder) => void
}

export const makeSessions = Effect.gen(function* () {
  const settings = yield* Settings
  const { readMillis } = yield* Connections
  const registry = yield* Registry
  const { submit } = yield* Replica
  const { addressSessionsMax = Infinity, graceMillis, historyMillisMax } = settings
  const keysOf = addressKeys(settings.exemptAddresses)
  /** The longest absent first. */
  const absent = new Map<Hash, Absent>()

  // those that an earlier run of this server has left: their grace begins anew
  for (const holder of registry.state.absent)
    absent.set(holder.session!.hash, {
      holder,
      sinceMillis: readMillis(),
      address: undefined,
      messages: undefined
    })

  const end = (session: Hash, { holder }: Absent): void => {
    const { id, node: of } = holder.attachment
    absent.delete(session)
    submit({ t: "over", session, id, of }, () => {})
  }

  /** Ends the longest absent sessions of an address that has too many. */
  const boundAddress = (address: string): void => {
    const same = [...absent].filter(([, each]) => each.address === address)
    for (const [session, each] of same.slice(0, Math.max(0, same.length - addressSessionsMax)))
      end(session, each)
  }

  const endGraces = (nowMillis: number): void => {
    for (const [session, each] of absent) {
      if (nowMillis - each.sinceMillis < graceMillis) return
      end(session, each)
    }
  }

  /** Lets go of what was said too long ago (HIST-4). */
  const trim = (nowMillis: number): void => {
    const { archive, position } = registry.state
    let said = archive.oldest
    if (said === undefined || nowMillis - said.at <= historyMillisMax) return
    while (said !== undefined && nowMillis - said.at > historyMillisMax) said = said.newer
    submit({ t: "trim", before: said?.position ?? position + 1 }, () => {})
  }

  const look = Effect.map(
    Effect.clockWith(({ currentTimeMillis }) => currentTimeMillis),
    (nowMillis) => {
      endGraces(readMillis())
      trim(nowMillis)
    }
  )
  yield* Effect.forkScoped(Effect.repeat(look, Schedule.spaced(lookMillis)))

  return {
    came: (client, { session }, replaced) => {
      if (session === undefined) return
      client.messages = replaced?.messages ?? absent.get(session.hash)?.messages
      absent.delete(session.hash)
    },
    left: ({ connection, messages }, holder) => {
      if (holder.session === undefined || !holder.isAbsent) return
      const address = addressSessionsMax === Infinity ? undefined : keysOf(connection.peer.host)?.address
      absent.set(holder.session.hash, { holder, sinceMillis: readMillis(), address, messages })
      if (address !== undefined) boundAddress(address)
    },
    over: ({ session }) => {
      if (session !== undefined) absent.delete(session.hash)
    }
  } satisfies Sessions as Sessions
})
