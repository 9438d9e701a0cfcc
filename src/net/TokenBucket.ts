/** A burst size and a refill rate. */
export interface BucketRule {
  readonly burst: number
  readonly perMillis: number
}

/** A right to do something `burst` times at once, which refills steadily. It starts full. */
export class TokenBucket {
  readonly rule: BucketRule
  private tokens: number
  private atMillis: number

  constructor(rule: BucketRule, nowMillis: number) {
    this.rule = rule
    this.tokens = rule.burst
    this.atMillis = nowMillis
  }

  /** Takes one: 0, or in how many milliseconds there will be one. */
  take(nowMillis: number): number {
    if (this.level(nowMillis) < 1) return Math.ceil((1 - this.tokens) / this.rule.perMillis)
    this.tokens--
    return 0
  }

  /** Takes so many, whether they are there or not, until `least` are left; that may be a debt. */
  spend(nowMillis: number, amount: number, least = 0): void {
    this.tokens = Math.max(least, this.level(nowMillis) - amount)
  }

  /** The number of times that are left, less than 0 for a debt. */
  level(nowMillis: number): number {
    const { burst, perMillis } = this.rule
    this.tokens = Math.min(burst, this.tokens + (nowMillis - this.atMillis) * perMillis)
    this.atMillis = nowMillis
    return this.tokens
  }

  /** True once it is as good as a new one. */
  isFull(nowMillis: number): boolean {
    return this.level(nowMillis) >= this.rule.burst
  }
}
