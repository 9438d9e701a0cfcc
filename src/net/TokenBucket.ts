/** A burst size and a refill rate. */
export interface BucketRule {
  readonly burst: number
  readonly perMillis: number
}

/** A right to do something `burst` times at once, which refills steadily. It starts full. */
export class TokenBucket {
  private readonly rule: BucketRule
  private tokens: number
  private atMillis: number

  constructor(rule: BucketRule, nowMillis: number) {
    this.rule = rule
    this.tokens = rule.burst
    this.atMillis = nowMillis
  }

  /** Takes one: 0, or in how many milliseconds there will be one. */
  take(nowMillis: number): number {
    this.refill(nowMillis)
    if (this.tokens < 1) return Math.ceil((1 - this.tokens) / this.rule.perMillis)
    this.tokens--
    return 0
  }

  /** True once it is as good as a new one. */
  isFull(nowMillis: number): boolean {
    this.refill(nowMillis)
    return this.tokens >= this.rule.burst
  }

  private refill(nowMillis: number): void {
    const { burst, perMillis } = this.rule
    this.tokens = Math.min(burst, this.tokens + (nowMillis - this.atMillis) * perMillis)
    this.atMillis = nowMillis
  }
}
