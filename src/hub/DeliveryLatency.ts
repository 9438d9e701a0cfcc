/**
 * How long the first of all that waits takes from its publishing until everything that was taken with it has been
 * offered to everyone. It looks at no clock until somebody observes.
 */
export class DeliveryLatency {
  private observer: ((seconds: number) => void) | undefined
  private waitsSinceMillis: number | undefined
  private takenSinceMillis: number | undefined

  /** Has it told after each delivery. */
  observe(observer: (seconds: number) => void): void {
    this.observer = observer
  }

  published(): void {
    if (this.observer !== undefined) this.waitsSinceMillis ??= performance.now()
  }

  /** All that waits is taken; what was `heldBack` for want of room comes next. */
  taken(heldBack: number): void {
    this.takenSinceMillis = this.waitsSinceMillis
    this.waitsSinceMillis = undefined
    if (heldBack > 0) this.published()
  }

  delivered(): void {
    if (this.takenSinceMillis !== undefined)
      this.observer?.((performance.now() - this.takenSinceMillis) / 1_000)
  }
}
