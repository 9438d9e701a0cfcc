/** The knowledge of a run about its target; a run starts with none. */
export class TargetKnowledge {
  /** The way to know that all has arrived: by asking `list`, or by waiting (`settle`) if nobody answers that. */
  fences: "unknown" | "list" | "settle" = "unknown"
  /** Names that were used in scenarios that are over: a server that lives on may not have noticed that they are free. */
  readonly usernames = new Set<string>()
  private clients = 0

  /** A name that nobody else has, for a client of the harness itself. */
  uniqueName(): string {
    return `${uniquePrefix}${++this.clients}`
  }

  /** True for a name that this run has used, for an actor or for a client of the harness itself. */
  isOwn(username: string): boolean {
    return username.startsWith(uniquePrefix) || this.usernames.has(username)
  }
}

const uniquePrefix = `newcomer${process.pid}x`
