/** The most that one file may ask for, each turn of a loop counted. Reading stops before more than that is made. */
const most = { "uses of aliases": 10_000, steps: 20_000, "bytes of text": 64 * 1024 * 1024 } as const

export type Resource = keyof typeof most
export type Spent = Readonly<Record<Resource, number>>

/** Keeps account of what a file asks for. */
export class Budget {
  private readonly spent: Record<Resource, number> = { "uses of aliases": 0, steps: 0, "bytes of text": 0 }

  /** All that was taken so far. */
  get soFar(): Spent {
    return { ...this.spent }
  }

  /** Takes so much of something, or says why it cannot. */
  take(resource: Resource, amount: number): string | undefined {
    this.spent[resource] += amount
    if (this.spent[resource] <= most[resource]) return undefined
    return `more than ${most[resource]} ${resource}, counting each turn of a loop and all that aliases stand for`
  }

  /** Takes all that was taken since then so many times more, or says why it cannot. */
  takeAgain(since: Spent, times: number): string | undefined {
    const resources = Object.keys(most) as ReadonlyArray<Resource>
    const amounts = resources.map((resource) => (this.spent[resource] - since[resource]) * times)
    return resources
      .map((resource, index) => this.take(resource, amounts[index]!))
      .find((problem) => problem !== undefined)
  }
}
