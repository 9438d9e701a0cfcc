/** What a node appends at once. `at` is milliseconds since 1970, for people to read; it decides nothing. */
export interface Entry {
  readonly v: 1
  /** The node, and the number of this entry among its own: one that is appended again keeps it. */
  readonly node: string
  readonly n: number
  readonly at: number
  readonly ops: ReadonlyArray<{ readonly t: string }>
}
