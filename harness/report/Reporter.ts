import type { Outcome } from "../run/Run.ts"
import type { Summary, Weight } from "../verdict/Summary.ts"
import type { Style } from "./Style.ts"

/** What a reporter knows from the start. */
export interface RunInfo {
  readonly target: string
  /** The arguments that choose the target again. */
  readonly targetArguments: string
  readonly seed: number
  readonly scenarios: number
  readonly weightOf: (outcome: Outcome) => Weight
  readonly style: Style
}

/** Turns the outcomes of a run, one by one in file order, into text. */
export interface Reporter {
  readonly begin?: () => string
  readonly outcome?: (outcome: Outcome) => string
  readonly end?: (summary: Summary) => string
}

/** The reporters by name, each loaded only when it is asked for. */
export const reporters = {
  pretty: async () => (await import("./Pretty.ts")).pretty,
  dot: async () => (await import("./Dot.ts")).dot,
  tap: async () => (await import("./Tap.ts")).tap,
  junit: async () => (await import("./Junit.ts")).junit,
  json: async () => (await import("./Json.ts")).json,
  github: async () => (await import("./Github.ts")).github
} satisfies Record<string, () => Promise<(info: RunInfo) => Reporter>>

export type ReporterName = keyof typeof reporters
