import type { Happening } from "../fold/Happening.ts"
import type { Operation } from "../fold/Operation.ts"

/** An operation, and whom to tell what it led to. */
export interface Submission {
  readonly operation: Operation
  readonly done: (result: Happening) => void
}

/** What was submitted on a node and not read back yet. Entries take it in order. */
export class Submissions {
  /** Those that are in no entry yet. */
  #waiting: Array<Submission> = []
  /** Those of entries that were appended, by the number of the entry. */
  readonly #appended = new Map<number, ReadonlyArray<Submission>>()
  #areOver = false

  get areWaiting(): boolean {
    return this.#waiting.length > 0
  }

  add(submission: Submission): void {
    if (this.#areOver) refuse(submission)
    else this.#waiting.push(submission)
  }

  /** The next ones, as many as fit into an entry of so many bytes. */
  take(n: number, bytesMax: number): ReadonlyArray<Operation> {
    const taken = takeWithin(this.#waiting, bytesMax)
    this.#waiting = this.#waiting.slice(taken.length)
    this.#appended.set(n, taken)
    return taken.map(({ operation }) => operation)
  }

  /** Those of an entry that is read back. */
  of(n: number): ReadonlyArray<Submission> | undefined {
    return this.#appended.get(n)
  }

  /** An entry was read back. */
  settled(n: number): void {
    this.#appended.delete(n)
  }

  /** An entry is not in the log: ends are put off, and the rest is refused. */
  giveBack(n: number): void {
    const { no = [], yes = [] } = Object.groupBy(this.of(n) ?? [], ({ operation }) =>
      mustBeDone.has(operation.t) ? "yes" : "no"
    )
    this.#appended.delete(n)
    this.#waiting = [...yes, ...this.#waiting]
    for (const submission of no) refuse(submission)
  }

  /** Nothing will be read back any more. What was submitted may be in the log, so nobody is told what became of it. */
  end(): void {
    const lost = [...this.#appended.values(), this.#waiting].flat()
    this.#areOver = true
    this.#appended.clear()
    this.#waiting = []
    for (const { done } of lost) done({ t: "fenced" })
  }
}

/** Ends, which are not asked for by anybody who could ask again. */
const mustBeDone: ReadonlySet<Operation["t"]> = new Set(["up", "epoch", "leave", "over", "trim"])

/** Says that an operation was not done; what only waits for its turn need not be in the log. */
const refuse = ({ done, operation }: Submission): void =>
  done(operation.t === "fence" ? { t: "done" } : { t: "refused", code: "unavailable" })

/** The first submissions, as many as fit into one entry; at least one. */
const takeWithin = (submissions: ReadonlyArray<Submission>, bytesMax: number): ReadonlyArray<Submission> => {
  let bytes = 0
  const end = submissions.findIndex(({ operation }) => {
    bytes += bytesMaxOf(operation)
    return bytes > bytesMax
  })
  return end === -1 ? submissions : submissions.slice(0, Math.max(1, end))
}

/** The most bytes that an operation can take as JSON: six for a character of a text, as in `\u0001`. */
const bytesMaxOf = (operation: Operation): number => operationBytes + 6 * textOf(operation).length

/** The text in an operation that may be long. */
const textOf = (operation: Operation): string => {
  if ("content" in operation) return operation.content
  return operation.t === "kick" ? (operation.reason ?? "") : ""
}

/** More than all other fields of an operation take: names, hashes, a list of rooms. */
export const operationBytes = 8 * 1024
