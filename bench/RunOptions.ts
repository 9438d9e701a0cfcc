import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { exitCodes, Failure } from "../src/commands/Cli.ts"
import type { Peer } from "./Peer.ts"
import { peers } from "./Peers.ts"
import type { Section } from "./Section.ts"
import { sections } from "./Sections.ts"

/** The sections, servers and rounds of a run, and the time it may take. */
export interface RunOptions {
  readonly sections: ReadonlyArray<Section>
  readonly peers: ReadonlyArray<Peer>
  readonly rounds: number
  /** Nothing is begun after so many seconds, and no round that would need more. */
  readonly secondsMax: number
  /** The factor of the time of each phase. */
  readonly scale: number
}

/** The flags of the command line. */
export interface Flags {
  readonly sections: ReadonlyArray<string>
  readonly quick: boolean
  readonly rounds: Option.Option<number>
  readonly peers: Option.Option<string>
  readonly write: boolean
}

/** The two kinds of run. */
export const modes = {
  full: { rounds: 3, secondsMax: 230, scale: 1, peers: "all" },
  quick: { rounds: 1, secondsMax: 55, scale: 0.5, peers: "none" }
} as const

/** The servers of others that can be named. */
export const peerNames: ReadonlyArray<string> = peers
  .filter(({ role }) => role === "peer")
  .map(({ name }) => name)

/** The sections that are measured only where they are named. */
export const apart: ReadonlyArray<string> = sections.filter(({ isApart }) => isApart).map(({ name }) => name)

/** Reads the flags; fails with what is wrong with them. */
export const runOptions = (flags: Flags): Result.Result<RunOptions, Failure> => {
  const mode = flags.quick ? modes.quick : modes.full
  const isScaling = apart.every((name) => flags.sections.includes(name))
  if (flags.write && (flags.quick || flags.sections.length !== (isScaling ? apart.length : 0)))
    return usage(
      `--write takes the figures of a whole run: leave --quick and the sections out, or name ${apart.join(" and ")}.`
    )
  const chosen = sections.filter(({ isApart, name }) =>
    flags.sections.length === 0 ? isApart === undefined : flags.sections.includes(name)
  )
  const alone = !flags.quick && chosen.length === 1 ? chosen[0]!.roundsAlone : undefined
  const rounds = Option.getOrElse(flags.rounds, () => alone ?? mode.rounds)
  if (rounds < 1) return usage("--rounds must be 1 or more.")
  const text = Option.getOrElse(flags.peers, () => mode.peers)
  const names = text === "all" ? peerNames : text === "none" ? [] : text.split(",").map((name) => name.trim())
  const unknown = names.find((name) => !peerNames.includes(name))
  if (unknown !== undefined)
    return usage(`--peers knows no "${unknown}": give all, none, or some of ${peerNames.join(", ")}.`)
  return Result.succeed({
    sections: chosen,
    peers: peers.filter(({ name, role }) => role !== "peer" || names.includes(name)),
    rounds,
    secondsMax: mode.secondsMax,
    scale: mode.scale
  })
}

const usage = (message: string) => Result.fail(new Failure(message, exitCodes.usage))
