import type { Address } from "../../src/net/Address.ts"
import type { Seed } from "../Seed.ts"
import type { Book } from "./Book.ts"
import type { Patience } from "../../process/Patience.ts"
import type { Outages } from "./Outages.ts"

/** The settings of a run. */
export interface Settings {
  readonly seed: Seed
  readonly clients: number
  /** The run goes on until so many messages are acked, and for so long. */
  readonly acked: number
  readonly seconds: number
  /** The server is killed about as often, where it can be started again; 0 for never. */
  readonly restartSeconds: number
  /** The run goes on until it was killed so often. */
  readonly kills: number
  /** Characters of a long message. */
  readonly size: number
  /** All messages are long, not only some. */
  readonly allLong: boolean
  /** The most that a slow reader takes. */
  readonly bytesPerSecond: number
  /** The most that a client thinks, between the last answer and what it does next. */
  readonly thinkMillis: number
  /** The time for which nothing may come that somebody waits for. */
  readonly stallMillis: number
  /** With so many findings a run has told enough. */
  readonly findingsMax: number
  /** All read slowly, not only some. */
  readonly allSlow: boolean
  /** A client that has waited for an answer about so long tries another address; none does where it is absent. */
  readonly deafMillis?: number
  /** The time for which some keep a contested name; nobody does for long where it is absent. */
  readonly reignMillis?: number
}

/** The state that all clients of a run share. */
export interface Run {
  readonly settings: Settings
  /** The addresses of one server, or of the nodes of one. */
  readonly addresses: ReadonlyArray<Address>
  readonly book: Book
  readonly patience: Patience
  /** Tells what is said in this run from what was said at the server before. */
  readonly tag: string
  /** The names that some want who do not stay. */
  readonly contested: ReadonlyArray<string>
  /** The names of all who have an inbox as long as the run goes on. */
  readonly inboxes: Set<string>
  /** Connections that another has taken over, and that have not ended yet. */
  readonly replaced: Set<{ readonly close: () => void }>
  /** What was done to the server, or to nodes of it. */
  readonly outages: Outages
  /** What is being done to the server, or to nodes of it, until all is well again. */
  readonly harms: Set<string>
  /** Told where somebody speaks who has a contested name for a while, and no session that would keep it any longer. */
  onWord: (at: Address) => void
  /** Nothing new is said any more, and nothing cut: everybody gets what is still due. */
  isSettling: boolean
  /** Told whenever something came that may be what somebody waits for. */
  readonly onProgress: () => void
}
