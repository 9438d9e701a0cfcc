/** A burst size and a refill rate. */
export interface BucketRule {
  readonly burst: number
  readonly perMillis: number
}

/** A right to do something `burst` times at once, which refills steadily. It starts full. */
export class TokenBucket {
  private tokens: number
  private atMillis: number

  constructor({ burst }: BucketRule, nowMillis: number) {
    this.tokens = burst
    this.atMillis = nowMillis
  }

  /** Takes one: 0, or in how many milliseconds there will be one. */
  take(rule: BucketRule, nowMillis: number): number {
    this.refill(rule, nowMillis)
    if (this.tokens < 1) return Math.ceil((1 - this.tokens) / rule.perMillis)
    this.tokens--
    return 0
  }

  /** Whether it is as good as a new one. */
  isFull(rule: BucketRule, nowMillis: number): boolean {
    this.refill(rule, nowMillis)
    return this.tokens >= rule.burst
  }

  private refill({ burst, perMillis }: BucketRule, nowMillis: number): void {
    this.tokens = Math.min(burst, this.tokens + (nowMillis - this.atMillis) * perMillis)
    this.atMillis = nowMillis
  }
}
