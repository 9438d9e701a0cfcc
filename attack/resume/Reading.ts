/** The numbers of one room as one session gets them: each once, rising by one, or a gap, or its own. */
export class Reading {
  /** Numbers that were passed over: they have to turn out to be its own. */
  readonly passed = new Set<number>()
  /** Where the stream stands. */
  private at: number
  /** Its own numbers further on. */
  private readonly own = new Set<number>()

  constructor(at: number) {
    this.at = at
  }

  /** Everything up to this has been seen, is its own, or was told to be gone. */
  get cursor(): number {
    let cursor = this.at
    while (this.own.has(cursor + 1)) cursor++
    return cursor
  }

  /** A new stream begins after its cursor. */
  again(): void {
    this.at = this.cursor
  }

  /** A message of the stream: what is wrong with it, if anything. */
  message(seq: number): string | undefined {
    if (seq <= this.at) return `${seq} came after ${this.at}`
    for (let passed = this.at + 1; passed < seq; passed++)
      if (!this.own.delete(passed)) this.passed.add(passed)
    this.at = seq
    return undefined
  }

  /** The ack of a message, at its place in the stream. */
  ack(seq: number): string | undefined {
    if (seq > this.at) return this.message(seq)
    this.passed.delete(seq)
    return `the ack of ${seq} came after ${this.at}`
  }

  /** The number of a message of its own that was said before this stream, or earlier in it. */
  knows(seq: number): void {
    this.passed.delete(seq)
    if (seq > this.at) this.own.add(seq)
  }

  /** A gap: what is wrong with it, if anything. */
  gap(from: number, to: number): string | undefined {
    if (to <= this.at || from > to) return `a gap from ${from} to ${to} came after ${this.at}`
    for (let gone = this.at + 1; gone <= to; gone++)
      if (!this.own.delete(gone) && gone < from) this.passed.add(gone)
    this.at = to
    return undefined
  }

  /** Goes on after this number, as was asked for. */
  goOn(at: number): void {
    this.at = at
  }
}
