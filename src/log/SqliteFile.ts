import { existsSync, realpathSync, statSync } from "node:fs"
import { resolve } from "node:path"
import type { DatabaseSync, SQLInputValue } from "node:sqlite"
import { forgot, LogFailure, trimmed } from "./Failure.ts"
import { SqliteLock } from "./SqliteLock.ts"
import { failureOf, openToWrite, transaction, versionOf } from "./SqliteSchema.ts"

/** What an append survives: with `full` the loss of power as well, with `normal` the death of the process. */
type StoreSync = "full" | "normal"

export interface SqliteOptions {
  readonly path: string
  readonly sync: StoreSync
  /** Bytes that the file may have. */
  readonly bytesMax: number
}

/** The checkpoint of a log of texts. */
export interface Pieces {
  readonly position: number
  readonly pieces: ReadonlyArray<string>
}

/** A log of texts in an SQLite file, for one thread. Whatever it does blocks, and throws `LogFailure`. */
export class SqliteFile {
  /** True if it is the log that was here before, with all that it had then. */
  readonly continues: boolean
  readonly #options: SqliteOptions
  readonly #lock: SqliteLock
  readonly #db: DatabaseSync
  readonly #id: string
  readonly #inode: number
  /** True once the lock remembers this log. */
  #isFit: boolean
  /** The first position that was not trimmed. */
  #first: number
  #last: number

  constructor(options: SqliteOptions) {
    const { bytesMax, sync } = options
    versionOf(options.path)
    const path = realPathOf(options.path)
    this.#options = { ...options, path }
    this.#lock = new SqliteLock(path)
    try {
      const db = openToWrite(path)
      this.#db = db
      db.exec(`pragma journal_mode = wal; pragma synchronous = ${sync}`)
      db.exec(`pragma journal_size_limit = ${walBytesMax}`)
      db.exec(
        `pragma max_page_count = ${Math.ceil(bytesMax / this.#number("select page_size from pragma_page_size"))}`
      )
      this.#id = String(this.#row("select id from log")!.id)
      this.#first = this.#number("select first from log")
      this.#last = Math.max(this.#first - 1, this.#number("select coalesce(max(position), 0) from entry"))
      this.continues = this.#lock.fits(this.#id, this.#last)
      this.#isFit = this.continues
      this.#inode = statSync(path).ino
      this.#dropPieces()
    } catch (error) {
      this.#lock.close()
      throw failureOf(path, error)
    }
  }

  get last(): number {
    return this.#last
  }

  /** Appends all texts or none, and gives the position of the last. */
  append(texts: ReadonlyArray<string>): number {
    return this.#write(() => {
      const insert = this.#db.prepare("insert into entry values (?, ?)")
      for (const [i, text] of texts.entries()) insert.run(this.#last + 1 + i, text)
      return () => {
        this.#last += texts.length
        this.#lock.mark(this.#id, this.#last, this.#options.sync === "normal")
        this.#isFit = true
        return this.#last
      }
    })
  }

  /** The texts after a position: some of the next ones, in order; none where there are none. */
  read(after: number): ReadonlyArray<string> {
    return this.#try(() => {
      if (after > this.#last) throw new LogFailure(forgot(after, this.#last))
      if (after < this.#first - 1) throw new LogFailure(trimmed(after, this.#first))
      const texts: Array<string> = []
      let length = 0
      for (const { position, text } of this.#db
        .prepare("select position, text from entry where position > ? order by position limit ?")
        .iterate(after, readTextsMax)) {
        if (position !== after + texts.length + 1) throw this.#damaged(after + texts.length + 1)
        texts.push(String(text))
        if ((length += texts.at(-1)!.length) > readLengthMax) break
      }
      if (texts.length === 0 && after < this.#last) throw this.#damaged(after + 1)
      return texts
    })
  }

  at(position: number): string | undefined {
    return this.#try(
      () => this.#row("select text from entry where position = ?", position)?.text as string | undefined
    )
  }

  /** Removes some of the texts before a position, and tells if there are more of them. */
  trim(before: number): boolean {
    const first = Math.min(before, this.#last + 1, this.#first + trimTextsMax)
    if (first <= this.#first) return false
    return this.#write(() => {
      this.#run("delete from entry where position < ?", first)
      this.#run("update log set first = ?", first)
      return () => {
        this.#first = first
        return first < before
      }
    })
  }

  /** Puts a piece of a checkpoint beside what is there. */
  put(position: number, i: number, text: string): void {
    this.#write(() => {
      this.#run("insert or replace into piece values (?, ?, ?)", position, i, text)
      return () => {}
    })
  }

  /** Makes the pieces of a position the checkpoint, unless there is a newer one. */
  complete(position: number): void {
    this.#write(() => {
      this.#run("update log set checkpoint = max(checkpoint, ?)", position)
      this.#dropPieces()
      return () => {}
    })
  }

  saved(): Pieces | undefined {
    return this.#try(() => {
      const position = this.#number("select checkpoint from log")
      if (position === 0) return undefined
      const rows = this.#db.prepare("select text from piece where position = ? order by i").all(position)
      return { position, pieces: rows.map(({ text }) => String(text)) }
    })
  }

  /** Writes the file anew, without the space that it does not need and what that still has. */
  compact(): void {
    this.#try(() => {
      this.#db.exec("vacuum; pragma wal_checkpoint(truncate)")
    })
  }

  close(): void {
    this.#db.close()
    if (this.#isFit) this.#lock.mark(this.#id, this.#last, false)
    this.#lock.close()
  }

  /** Removes pieces that are not of the checkpoint: an older one, or one that was never completed. */
  #dropPieces(): void {
    this.#run("delete from piece where position <> (select checkpoint from log)")
  }

  #row(query: string, ...values: ReadonlyArray<SQLInputValue>) {
    return this.#db.prepare(query).get(...values)
  }

  #number(query: string): number {
    return Number(Object.values(this.#row(query)!)[0])
  }

  #run(query: string, ...values: ReadonlyArray<SQLInputValue>): void {
    this.#db.prepare(query).run(...values)
  }

  /** Runs a transaction, and what it gives once that is committed. */
  #write<A>(body: () => () => A): A {
    return this.#try(() => {
      this.#assertThere()
      return transaction(this.#db, body)()
    })
  }

  /** What was written to a file that has no name any more would be gone with this process. */
  #assertThere(): void {
    const { path } = this.#options
    if (statSync(path, { throwIfNoEntry: false })?.ino === this.#inode) return
    throw new LogFailure({
      reason: "forgot",
      detail: `${path} was removed or exchanged while the server ran on it`
    })
  }

  #damaged(position: number): LogFailure {
    const detail = `${this.#options.path} is damaged: entry ${position} is missing; restore it from a backup`
    return new LogFailure({ reason: "damaged", detail })
  }

  #try<A>(body: () => A): A {
    try {
      return body()
    } catch (error) {
      throw failureOf(this.#options.path, error)
    }
  }
}

/**
 * The path behind links: one file has one lock, whatever it is called. It is absolute also where there is no file yet:
 * for SQLite, `:memory:` and `file:…` are none.
 */
const realPathOf = (path: string): string => (existsSync(path) ? realpathSync(path) : resolve(path))

/** Bytes that the write-ahead log keeps once it was larger. */
const walBytesMax = 16 * 1024 * 1024

/** What is read or trimmed at once, so that an append waits for no more than that. */
const readTextsMax = 1_000
const readLengthMax = 4 * 1024 * 1024
const trimTextsMax = 10_000
