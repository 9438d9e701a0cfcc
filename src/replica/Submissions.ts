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
  readonly #appended = new Map<number, Appended>()
  readonly #isShared: boolean
  /** True while it is in doubt what the log has: nothing new is let in. */
  #areShut = false
  #areOver = false

  /** Of a log that other nodes append to, too, or not. */
  constructor(isShared: boolean) {
    this.#isShared = isShared
  }

  get areWaiting(): boolean {
    return this.#waiting.length > 0
  }

  add(submission: Submission): void {
    const { t } = submission.operation
    const isLetIn = !this.#areShut || mustBeDone.has(t) || t === "beat"
    if (this.#areOver || !isLetIn) this.#refuse(submission)
    else if (t === "up") this.#waiting.unshift(submission) // an entry counts from there on only if it begins with that
    else this.#waiting.push(submission)
  }

  /** The next ones, as many as fit into an entry of so many bytes. */
  take(n: number, bytesMax: number, nowMillis: number): ReadonlyArray<Operation> {
    const taken = takeWithin(this.#waiting, bytesMax)
    this.#waiting = this.#waiting.slice(taken.length)
    this.#appended.set(n, { sinceMillis: nowMillis, submissions: taken })
    return taken.map(({ operation }) => operation)
  }

  /** Those of an entry that is read back. */
  of(n: number): ReadonlyArray<Submission> | undefined {
    return this.#appended.get(n)?.submissions
  }

  /** An entry was read back. */
  settled(n: number): void {
    this.#appended.delete(n)
    this.#areShut = false
  }

  /** An entry is not in the log: ends are put off, and the rest is refused. */
  giveBack(n: number): void {
    const given = this.of(n) ?? []
    this.#appended.delete(n)
    this.#waiting = [...given, ...this.#waiting]
    this.#refuseFirst(given.length)
  }

  /**
   * Nobody waits any more for entries that were appended before a time: they may be in the log or not. What waits behind
   * them is refused, and so is what comes until one is read back; ends are put off (NODE-5).
   */
  doubt(beforeMillis: number): void {
    const late = [...this.#appended.values()].filter(({ sinceMillis }) => sinceMillis <= beforeMillis)
    const told = late.flatMap(({ submissions }) => submissions)
    if (told.length === 0) return
    this.#areShut = true
    for (const each of late) each.submissions = []
    for (const { done } of told) done({ t: "doubtful" })
    this.#refuseFirst(this.#waiting.length)
  }

  /** Nothing will be read back any more. What was submitted may be in the log, so nobody is told what became of it. */
  end(): void {
    const appended = [...this.#appended.values()].flatMap(({ submissions }) => submissions)
    const lost = [...appended, ...this.#waiting]
    this.#areOver = true
    this.#appended.clear()
    this.#waiting = []
    for (const { done } of lost) done({ t: "fenced" })
  }

  /** Refuses the first ones that wait, except ends. */
  #refuseFirst(count: number): void {
    const { no = [], yes = [] } = Object.groupBy(this.#waiting.slice(0, count), ({ operation }) =>
      mustBeDone.has(operation.t) ? "yes" : "no"
    )
    this.#waiting = [...yes, ...this.#waiting.slice(count)]
    for (const submission of no) this.#refuse(submission)
  }

  /** Says that an operation was not done. What only waits for its turn need not be in a log that nobody else writes. */
  #refuse({ done, operation }: Submission): void {
    done(operation.t === "fence" && !this.#isShared ? { t: "done" } : { t: "refused", code: "unavailable" })
  }
}

/** What went into one entry. */
interface Appended {
  readonly sinceMillis: number
  /** Those who are to be told what it leads to. */
  submissions: ReadonlyArray<Submission>
}

/** Ends, which are not asked for by anybody who could ask again. */
const mustBeDone: ReadonlySet<Operation["t"]> = new Set(["up", "dead", "epoch", "leave", "over", "trim"])

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
