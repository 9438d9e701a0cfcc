/** One message as one of its receivers knows it. */
interface Heard {
  readonly from: string
  /** Tells messages apart. */
  readonly key: number
}

/**
 * That all hear one order (MSG-5): what a client hears is what a witness hears, who never speaks and never leaves,
 * less the client's own messages.
 */
export class Order {
  /** What the witness heard, less what all followers are past. */
  private readonly heard: Array<Heard> = []
  private dropped = 0
  private readonly followers = new Set<Follower>()

  /** The witness hears a message: what a follower heard instead, if one did. */
  witness(heard: Heard): string | undefined {
    this.heard.push(heard)
    for (const follower of this.followers) {
      const wrong = this.compare(follower)
      if (wrong !== undefined) return wrong
    }
    if (this.heard.length >= TRIM_EVERY) this.trim()
    return undefined
  }

  /** A client is about to log in. */
  join(name: string): Follower {
    const follower = new Follower(name, this.dropped + this.heard.length)
    this.followers.add(follower)
    return follower
  }

  /** A follower hears a message: what the witness heard instead, if it did. */
  follow(follower: Follower, heard: Heard, isUnique: boolean): string | undefined {
    if (!follower.isAligned && follower.waiting.length === 0 && !isUnique) return undefined
    follower.waiting.push(heard)
    return this.compare(follower)
  }

  /** A client is gone; what it heard before the witness did is still compared. */
  leave(follower: Follower): void {
    follower.isGone = true
    this.compare(follower)
  }

  /** Followers that heard what the witness did not. */
  get unmatched(): ReadonlyArray<string> {
    return [...this.followers].filter(({ waiting }) => waiting.length > 0).map(({ name }) => name)
  }

  private compare(follower: Follower): string | undefined {
    const { name, waiting } = follower
    let taken = 0
    while (taken < waiting.length && follower.at < this.dropped + this.heard.length) {
      const [here, there] = [waiting[taken]!, this.heard[follower.at - this.dropped]!]
      if (here.key === there.key && here.from === there.from) {
        taken++
        follower.isAligned = true
      } else if (follower.isAligned && there.from !== name) {
        return `${name} heard a message of ${here.from} where the witness heard one of ${there.from}`
      }
      follower.at++
    }
    waiting.splice(0, taken)
    if (follower.isGone && waiting.length === 0) this.followers.delete(follower)
    return undefined
  }

  private trim(): void {
    const past = Math.min(...[...this.followers].map(({ at }) => at), this.dropped + this.heard.length)
    this.heard.splice(0, past - this.dropped)
    this.dropped = past
  }
}

const TRIM_EVERY = 1_024

/** How far a client was compared with the witness. */
class Follower {
  readonly name: string
  at: number
  /** What the witness did not hear yet. */
  readonly waiting: Array<Heard> = []
  /** Whether a message was found that both heard: from there on all must be the same. */
  isAligned = false
  isGone = false

  constructor(name: string, at: number) {
    this.name = name
    this.at = at
  }
}

export type { Follower }
