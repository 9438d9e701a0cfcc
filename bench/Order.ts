import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { exitCodes, Failure } from "../src/commands/Cli.ts"
import type { Peer } from "./Peer.ts"
import { peers } from "./Peers.ts"
import type { Section } from "./Section.ts"
import { sections } from "./Sections.ts"

/** What is to be measured, and how long that may take. */
export interface Order {
  readonly sections: ReadonlyArray<Section>
  readonly peers: ReadonlyArray<Peer>
  readonly rounds: number
  /** Nothing is begun after so many seconds, and no round that would need more. */
  readonly secondsMax: number
  /** Phases take so much of their time. */
  readonly scale: number
}

/** What a person asked for. */
export interface Wish {
  readonly sections: ReadonlyArray<string>
  readonly quick: boolean
  readonly rounds: Option.Option<number>
  readonly peers: Option.Option<string>
  readonly write: boolean
}

/** How thorough a run is. */
export const modes = {
  full: { rounds: 3, secondsMax: 172, scale: 1, peers: "all" },
  quick: { rounds: 1, secondsMax: 26, scale: 0.5, peers: "none" }
} as const

/** The servers of others that can be named. */
export const peerNames: ReadonlyArray<string> = peers
  .filter(({ role }) => role === "peer")
  .map(({ name }) => name)

/** What is measured for a wish, or what is wrong with it. */
export const orderOf = (wish: Wish): Result.Result<Order, Failure> => {
  const mode = wish.quick ? modes.quick : modes.full
  if (wish.write && (wish.quick || wish.sections.length > 0))
    return usage("--write takes the figures of a whole run: leave --quick and the sections out.")
  const rounds = Option.getOrElse(wish.rounds, () => mode.rounds)
  if (rounds < 1) return usage("--rounds must be 1 or more.")
  const text = Option.getOrElse(wish.peers, () => mode.peers)
  const names = text === "all" ? peerNames : text === "none" ? [] : text.split(",").map((name) => name.trim())
  const unknown = names.find((name) => !peerNames.includes(name))
  if (unknown !== undefined)
    return usage(`--peers knows no "${unknown}": give all, none, or some of ${peerNames.join(", ")}.`)
  return Result.succeed({
    sections: sections.filter(({ name }) => wish.sections.length === 0 || wish.sections.includes(name)),
    peers: peers.filter(({ name, role }) => role !== "peer" || names.includes(name)),
    rounds,
    secondsMax: mode.secondsMax,
    scale: mode.scale
  })
}

const usage = (message: string) => Result.fail(new Failure(message, exitCodes.usage))
