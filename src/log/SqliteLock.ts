import { readFileSync } from "node:fs"
import { LogFailure } from "./Failure.ts"
import { failureOf, sqlite } from "./SqliteSchema.ts"

/**
 * The right to write the log in a file, and what is remembered of it beside that file: which log it was, and how far it
 * went. A file that was exchanged, truncated or restored from a backup does not fit that. The right is a lock on a
 * second file, so that the log can be read while it is written; the system frees it when the process dies.
 */
export class SqliteLock {
  readonly #db
  readonly #mark
  readonly #path: string

  constructor(path: string) {
    this.#path = `${path}-lock`
    try {
      this.#db = new (sqlite())(this.#path, { timeout: 0 })
      this.#db.exec("pragma locking_mode = exclusive; pragma journal_mode = off; pragma synchronous = off")
      this.#db.exec(
        "begin exclusive; create table if not exists mark (log text, last integer, boot text) strict; commit"
      )
      this.#mark = this.#db.prepare("update mark set log = ?, last = ?, boot = ?")
    } catch (error) {
      throw this.#failureOf(path, error)
    }
  }

  /** True if a log is the one that was marked last, and has all that was marked. */
  fits(log: string, last: number): boolean {
    const row = this.#db.prepare("select log, last, boot from mark").get()
    if (row === undefined) {
      this.#db.exec("insert into mark values ('', 0, '')")
      return false
    }
    return row.log === log && Number(row.last) <= last && (row.boot === "" || row.boot === bootId())
  }

  /** Remembers how far a log went. With `untilBoot`, only until the machine is started again: it may have lost its end. */
  mark(log: string, last: number, untilBoot: boolean): void {
    this.#mark.run(log, last, untilBoot ? bootId() : "")
  }

  close(): void {
    this.#db.close()
  }

  #failureOf(path: string, error: unknown): unknown {
    const failure = failureOf(this.#path, error)
    if (!(failure instanceof LogFailure)) return failure
    const { reason } = failure.failure
    if (reason === "in_use")
      return new LogFailure({
        reason,
        detail: `${path} is in use by another process: each server needs its own file`
      })
    if (reason === "damaged")
      return new LogFailure({
        reason,
        detail: `${this.#path} is damaged: remove it; clients will be told of a gap`
      })
    return failure
  }
}

/** The start of this machine, on Linux; elsewhere all starts look the same. */
const bootId = (): string => {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim()
  } catch {
    return ""
  }
}
