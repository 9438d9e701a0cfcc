/** The knowledge of a run about its target; a run starts with none. */
export class TargetKnowledge {
  /** The way to know that all has arrived: by asking `list`, or by waiting (`settle`) if nobody answers that. */
  fences: "unknown" | "list" | "settle" = "unknown"
  /** Names that were used in scenarios that are over: a server that lives on may not have noticed that they are free. */
  readonly usernames = new Set<string>()
  private clients = 0
  private scenarios = 0

  /** A name that nobody else has, for a client of the harness itself. */
  uniqueName(): string {
    return `${uniquePrefix}${++this.clients}`
  }

  /** What makes the rooms of a scenario its own, on a server that remembers rooms. */
  roomSuffix(): string {
    return `-${run}${++this.scenarios}`
  }

  /** True for a name that this run has used, for an actor or for a client of the harness itself. */
  isOwn(username: string): boolean {
    return username.startsWith(uniquePrefix) || this.usernames.has(username)
  }
}

/** What tells this run from others against the same server. */
const run = Math.random().toString(36).slice(2, 6)

const uniquePrefix = `newcomer${process.pid}x`
