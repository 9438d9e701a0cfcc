/** One message as a receiver knows it. */
interface Heard {
  readonly from: string
  /** Tells messages apart. */
  readonly key: number
}

/**
 * Checks that all clients receive messages in one order (MSG-5): that of a witness, which never speaks and never leaves,
 * less the client's own messages.
 */
export class MessageOrder {
  /** Messages of the witness, from the first that a follower still needs. */
  private readonly heard: Array<Heard> = []
  private dropped = 0
  private readonly followers = new Set<Follower>()

  /** Takes a message of the witness; gives the difference from a follower, where there is one. */
  witness(heard: Heard): string | undefined {
    this.heard.push(heard)
    for (const follower of this.followers) {
      const wrong = this.compare(follower)
      if (wrong !== undefined) return wrong
    }
    if (this.heard.length >= TRIM_EVERY) this.trim()
    return undefined
  }

  /** Adds a follower that is about to log in. */
  join(name: string): Follower {
    const follower = new Follower(name, this.dropped + this.heard.length)
    this.followers.add(follower)
    return follower
  }

  /** Takes a message of a follower; gives the difference from the witness, where there is one. */
  follow(follower: Follower, heard: Heard, isUnique: boolean): string | undefined {
    if (!follower.isAligned && follower.waiting.length === 0 && !isUnique) return undefined
    follower.waiting.push(heard)
    return this.compare(follower)
  }

  /** Takes note that a follower has left; what it received before the witness did is still compared. */
  leave(follower: Follower): void {
    follower.isGone = true
    this.compare(follower)
  }

  /** Names of the followers that received what the witness did not. */
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
        return `${name} received a message of ${here.from} where the witness received one of ${there.from}`
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

/** A client, and the point up to which it was compared with the witness. */
class Follower {
  readonly name: string
  at: number
  /** Messages that the witness has not received yet. */
  readonly waiting: Array<Heard> = []
  /** A message was found that both received: from there on all must be the same. */
  isAligned = false
  isGone = false

  constructor(name: string, at: number) {
    this.name = name
    this.at = at
  }
}

export type { Follower }
