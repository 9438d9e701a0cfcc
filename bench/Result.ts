import type { Figure } from "./Figure.ts"
import type { Machine } from "./Machine.ts"
import type { Peer } from "./Peer.ts"
import type { Section } from "./Section.ts"
import { ratiosOf, type Sample, type Spread, spread, valuesOf } from "./Statistics.ts"

/** A server that took part. */
export type Server = Pick<Peer, "name" | "title" | "role" | "clientsMax"> & { readonly version: string }

/** All that one run of the benchmark found out. */
export interface Result {
  readonly date: string
  readonly version: string
  readonly machine: Machine
  /** The rounds were short ones: nothing of it is for keeping. */
  readonly quick: boolean
  readonly rounds: number
  readonly seconds: number
  readonly servers: ReadonlyArray<Server>
  readonly sections: ReadonlyArray<Pick<Section, "name" | "about" | "figures">>
  readonly samples: ReadonlyArray<Sample>
  /** Notes for readers of the figures: what is missing, failed or doubtful. */
  readonly notes: ReadonlyArray<string>
}

/** The sections for which our own server gave nothing. */
export const gaps = ({ samples, sections, servers }: Result): ReadonlyArray<string> => {
  const ours = servers.find(({ role }) => role === "ours")?.name
  return sections
    .filter(({ figures }) => !samples.some(({ figure, server }) => server === ours && figure in figures))
    .map(({ name }) => name)
}

/** The values of a server for a figure. */
export interface Outcome {
  readonly value: Spread
  /** Against the reference in the same round; absent where there is none. */
  readonly ratio?: Spread
  readonly verdict?: Verdict
}

/** The verdict on a target, by the median of the rounds; open where its interval lies on both sides of the target. */
type Verdict = "stretch" | "reached" | "missed" | "open"

/** Sums the rounds up; `undefined` where the server was not measured. */
export const outcome = (
  { samples }: Result,
  server: string,
  name: string,
  figure: Figure
): Outcome | undefined => {
  const value = spread(valuesOf(samples, name, server))
  if (value === undefined) return undefined
  const ratio =
    figure.reference === undefined ? undefined : spread(ratiosOf(samples, name, server, figure.reference))
  const judged = figure.target?.of === "ratio" ? ratio : value
  return {
    value,
    ...(ratio !== undefined && { ratio }),
    ...(figure.target !== undefined && judged !== undefined && { verdict: judge(judged, figure.target) })
  }
}

/** The values of every server for every figure: the numbers behind the tables. */
export const outcomes = (
  result: Result
): ReadonlyArray<Outcome & { readonly figure: string; readonly server: string }> =>
  result.sections.flatMap(({ figures }) =>
    Object.entries(figures).flatMap(([figure, about]) =>
      result.servers.flatMap(({ name: server }) => {
        const found = outcome(result, server, figure, about)
        return found === undefined ? [] : [{ figure, server, ...found }]
      })
    )
  )

const judge = ({ interval, median }: Spread, { max, stretch }: NonNullable<Figure["target"]>): Verdict => {
  if (interval !== undefined && interval[0] <= max && interval[1] > max) return "open"
  if (stretch !== undefined && median <= stretch) return "stretch"
  return median <= max ? "reached" : "missed"
}
