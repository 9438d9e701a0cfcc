/**
 * Measures the time from the publishing of the first broadcast that waits until everything taken together with it has
 * been offered to everyone. It reads no clock until there is an observer.
 */
export class DeliveryLatency {
  private observer: ((seconds: number) => void) | undefined
  private waitsSinceMillis: number | undefined
  private takenSinceMillis: number | undefined

  /** Calls the observer after each delivery. */
  observe(observer: (seconds: number) => void): void {
    this.observer = observer
  }

  published(): void {
    if (this.observer !== undefined) this.waitsSinceMillis ??= performance.now()
  }

  /** Everything that waits is taken. */
  taken(): void {
    this.takenSinceMillis = this.waitsSinceMillis
    this.waitsSinceMillis = undefined
  }

  delivered(): void {
    if (this.takenSinceMillis !== undefined)
      this.observer?.((performance.now() - this.takenSinceMillis) / 1_000)
  }
}
