/** So many events were dropped here, because they were not taken in time. */
export interface Missed {
  readonly type: "missed"
  readonly count: number
}

/** Bytes that an event counts, beside its content. */
const eventBytes = 256

/**
 * Events for one loop to take (`for await`), from the first on. Once `bytesMax` wait, further ones are dropped until all
 * that wait are taken; a `missed` event then tells how many. A loop that was left can be taken up again.
 */
export class Feed<
  Event extends { readonly type: string; readonly content?: string }
> implements AsyncIterableIterator<Event | Missed> {
  private readonly bytesMax: number
  private readonly waiting: Array<Event> = []
  private waitingBytes = 0
  private missed = 0
  private readonly takers: Array<PromiseWithResolvers<IteratorResult<Event | Missed, undefined>>> = []
  private isEnded = false
  private error: Error | undefined

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax
  }

  push(event: Event): void {
    if (this.isEnded) return
    const taker = this.takers.shift()
    if (taker !== undefined) return taker.resolve({ done: false, value: event })
    const bytes = bytesOf(event)
    if (this.missed > 0 || this.waitingBytes + bytes > this.bytesMax) {
      this.missed++
      return
    }
    this.waiting.push(event)
    this.waitingBytes += bytes
  }

  /** Ends the loop once everything that waits is taken: with the error, if there is one. */
  end(error?: Error): void {
    if (this.isEnded) return
    this.isEnded = true
    this.error = error
    for (const taker of this.takers.splice(0)) taker.resolve(this.next())
  }

  next(): Promise<IteratorResult<Event | Missed, undefined>> {
    const event = this.waiting.shift()
    if (event !== undefined) {
      this.waitingBytes -= bytesOf(event)
      return Promise.resolve({ done: false, value: event })
    }
    if (this.missed > 0) {
      const count = this.missed
      this.missed = 0
      return Promise.resolve({ done: false, value: { type: "missed", count } })
    }
    if (!this.isEnded) {
      const taker = Promise.withResolvers<IteratorResult<Event | Missed, undefined>>()
      this.takers.push(taker)
      return taker.promise
    }
    const { error } = this
    this.error = undefined
    return error === undefined ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(error)
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}

/** Bytes that an event takes, as good as can be told: strings take up to two bytes for each character. */
const bytesOf = ({ content }: { readonly content?: string }): number =>
  eventBytes + 2 * (content?.length ?? 0)
