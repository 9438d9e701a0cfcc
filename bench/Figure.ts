/** One number that the benchmark gives for a server. */
export interface Figure {
  readonly title: string
  /** Its short name, with the unit, at the head of a column. */
  readonly column: string
  readonly unit: Unit
  /** The server whose value in the same round counts as 1. */
  readonly reference?: string
  readonly target?: Target
}

export type Unit = "µs" | "ms" | "KiB" | "MiB" | "MB/s" | "/s" | "×"

/** The goal of our server: at most so much, of the value itself or of its ratio to the reference. */
export interface Target {
  readonly of: "value" | "ratio"
  readonly max: number
  readonly stretch?: number
}
