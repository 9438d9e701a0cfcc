import * as Effect from "effect/Effect"
import { hasBrokers, startBrokers, storeOf } from "../process/Brokers.ts"
import type { Executable } from "./Executable.ts"
import type { Dialect, Peer } from "./Peer.ts"
import { start, Unmeasured } from "./Running.ts"

/** What is not as the server is otherwise measured. */
export interface Variant {
  /** What its clients speak. */
  readonly dialect?: Dialect | undefined
  /** What our server keeps the chat in: a file, or so many brokers. */
  readonly store?: "file" | 1 | 3
  /** Two servers that are one: their clients take turns, or all are on the first, and only the second is measured. */
  readonly servers?: "two" | "second of two"
}

/** What a crowd visits: one server, or several that are one. */
export interface Servers {
  /** Where clients connect. */
  readonly ports: ReadonlyArray<number>
  /** The processes that are measured. */
  readonly pids: ReadonlyArray<number>
  /** The brokers. */
  readonly besidePids: ReadonlyArray<number>
}

/** Starts what a visit needs, until the scope closes. */
export const startServers = Effect.fnUntraced(function* (
  peer: Peer,
  executable: Executable,
  { dialect, servers, store }: Variant
) {
  const brokers = store === undefined || store === "file" ? [] : yield* startedBrokers(store)
  const shared = brokers.length === 0 ? undefined : storeOf(brokers.map(({ port }) => port))
  const options = { dialect, store: store === "file" ? "chat.db" : shared }
  const first = yield* start(peer, executable, options)
  const besidePids = brokers.map(({ process }) => process().pid!)
  if (servers === undefined) return { ports: [first.port], pids: [first.pid], besidePids }
  const second = yield* start(peer, executable, options)
  return servers === "two"
    ? { ports: [first.port, second.port], pids: [first.pid, second.pid], besidePids }
    : { ports: [first.port], pids: [second.pid], besidePids }
})

/** Brokers that are one cluster. */
export const startedBrokers = Effect.fnUntraced(
  function* (count: number) {
    if (!hasBrokers)
      return yield* new Unmeasured({
        reason: "nats-server is not installed (apt-get install nats-server)"
      })
    return yield* startBrokers(count)
  },
  Effect.catchTags({
    NoBrokers: () => Effect.fail(new Unmeasured({ reason: "there is no nats-server" })),
    NoPort: ({ reason }) => Effect.fail(new Unmeasured({ reason })),
    NotStarted: ({ how }) => Effect.fail(new Unmeasured({ reason: `a broker ended (${how})` }))
  })
)
