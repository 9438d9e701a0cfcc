/** The longest time between two own entries that are read back, and between two looks, in which one has heard others. */
const gapMillisMax = 1_000
/** So much before the others may take a node for dead, it gives up: its clients hear it before anybody gets their names. */
const leadMillis = 300

/**
 * Says which nodes are dead, by a monotonic clock. A node is dead that was not heard for the lease, but only time counts
 * in which one's own entries came back without a gap: whoever hears nothing of itself knows nothing of others. Every gap
 * (an election among brokers, a process that stood still, catching up) begins all counts anew.
 */
export class Liveness {
  readonly #leaseMillis: number
  /** When each node was heard last, since the last gap. */
  readonly #heard = new Map<string, number>()
  /** The end of the last gap. */
  #sinceMillis: number
  /** When an own entry was read last. */
  #ownMillis: number
  #lookedMillis: number

  constructor(leaseMillis: number, nowMillis: number) {
    this.#leaseMillis = leaseMillis
    this.#sinceMillis = nowMillis
    this.#ownMillis = nowMillis
    this.#lookedMillis = nowMillis
  }

  /** An entry of another node was read. */
  heard(node: string, nowMillis: number): void {
    this.#heard.set(node, nowMillis)
  }

  /** An own entry was read back. */
  heardOwn(nowMillis: number): void {
    if (nowMillis - this.#ownMillis > gapMillisMax) this.beginAnew(nowMillis)
    this.#ownMillis = nowMillis
  }

  /** Those of the other nodes that are dead. To be called several times a second: a call that comes late is a gap, too. */
  look(others: Iterable<string>, nowMillis: number): ReadonlyArray<string> {
    if (nowMillis - this.#lookedMillis > gapMillisMax) {
      this.beginAnew(nowMillis)
      this.#ownMillis = nowMillis
    }
    this.#lookedMillis = nowMillis
    if (nowMillis - this.#ownMillis > gapMillisMax) return []
    const known = new Set(others)
    for (const node of this.#heard.keys()) if (!known.has(node)) this.#heard.delete(node)
    return [...known].filter((node) => nowMillis - this.#lastOf(node) >= this.#leaseMillis)
  }

  /** True if no own entry was read back for nearly the lease: the others are about to take this node for dead. */
  isCutOff(nowMillis: number): boolean {
    return nowMillis - this.#ownMillis >= this.#leaseMillis - leadMillis
  }

  /** True if one of these nodes was heard since the last gap. */
  hasHeard(others: Iterable<string>): boolean {
    return [...others].some((node) => this.#heard.has(node))
  }

  #lastOf(node: string): number {
    return this.#heard.get(node) ?? this.#sinceMillis
  }

  /** Forgets whom it has heard. */
  beginAnew(nowMillis: number): void {
    this.#heard.clear()
    this.#sinceMillis = nowMillis
  }
}
