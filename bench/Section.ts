import type * as Effect from "effect/Effect"
import type { FileSystem } from "effect/FileSystem"
import type { Figure } from "./Figure.ts"
import type { Ack, Pace, Phase, Reading, Saturate, Visit } from "./Generator.ts"
import type { Peer } from "./Peer.ts"
import type { Executable } from "./Executable.ts"
import type { Unmeasured } from "./Running.ts"
import type { Variant } from "./Servers.ts"

/** Figures that belong together: what `pnpm bench NAME` measures. */
export interface Section {
  readonly name: string
  readonly about: string
  readonly figures: Readonly<Record<string, Figure>>
  /** Tells whether a server takes part. */
  readonly includes: (peer: Peer) => boolean
  /** The first round is enough for the servers of others: then there is time for more rounds of the rest. */
  readonly othersOnce?: true
  /** It is measured only where it is named: its figures are for docs/SCALING.md. */
  readonly isApart?: true
  /** Rounds where it is measured on its own: its figure scatters so much that few of them would not decide. */
  readonly roundsAlone?: number
  readonly method: Visits | Direct
}

/** Measured with clients: visits to a freshly started server each, and what their readings mean. */
export interface Visits {
  readonly visits: ReadonlyArray<Visit>
  readonly read: (readings: Readings) => Values
}

/** Gives the reading of the visit with so many clients in this variant, in one of its phases. */
type Readings = (clients: number, phase: Phase | "start" | "login", variant?: Variant) => Reading

/** Measured without clients. */
interface Direct {
  readonly measure: (peer: Peer, executable: Executable) => Effect.Effect<Values, Unmeasured, FileSystem>
}

/** By the figure's name. */
export type Values = Readonly<Record<string, number>>

/** CPU time of the server for one operation, in µs. */
export const cpuMicros = ({ cpuSeconds, operations }: Reading): number => (cpuSeconds * 1e6) / operations

/** CPU time of the brokers for one operation, in µs. */
export const brokersMicros = ({ besideSeconds, operations }: Reading): number =>
  (besideSeconds * 1e6) / operations

export const everyone = (): boolean => true

export const ours = ({ role }: Peer): boolean => role === "ours"

/** Our server, and the hand-written one that is the limit known on Node. */
export const oursAndLimit = ({ name, role }: Peer): boolean => role === "ours" || name === "batch-per-turn"

/** Clients of the room that most figures are for. */
export const roomClients = 1_000

/** Clients of the largest room. */
export const crowdClients = 9_000

/** Clients of a room in which all speak. */
export const speakers = 10

/** The same as `ack`, before anything counts. */
export const warmAcks: Ack = { phase: "ack", seconds: 0.5, rate: 1_000 }

/** Each message is timed until it is acknowledged. */
export const ack: Ack = { phase: "ack", seconds: 1.5, rate: 1_000 }

/** Lets the server's code get compiled and its buffers grow before anything counts. */
export const warmUp: Saturate = { phase: "saturate", seconds: 0.25, window: 4 }

/** Ten senders with four messages each on the way, all the time. */
export const saturate: Saturate = { phase: "saturate", seconds: 0.6, window: 4 }

/** A room with a lively conversation. */
export const converse: Pace = { phase: "pace", seconds: 1.2, rate: 100 }
