/** What a run has learned about its target so far; a run starts with none of it. */
export class TargetKnowledge {
  /** How it is known that all has come: by asking `list`, or by waiting where nobody answers that. */
  fences: "unknown" | "list" | "settle" = "unknown"
  /** Names that were used in scenarios that are over: a server that lives on may not have noticed that they are free. */
  readonly usernames = new Set<string>()
  private clients = 0

  /** A name that nobody else has, for a client of the harness itself. */
  uniqueName(): string {
    return `newcomer${process.pid}x${++this.clients}`
  }
}
