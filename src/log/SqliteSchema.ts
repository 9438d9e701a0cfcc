import { randomUUID } from "node:crypto"
import { closeSync, openSync, readSync, statSync } from "node:fs"
import { resolve } from "node:path"
import type { DatabaseSync } from "node:sqlite"
import { LogFailure, type LogReason } from "./Failure.ts"

/** Steps from version to version: a file of version 1 has had the first one. Never change one that was published. */
export const steps: ReadonlyArray<string> = [
  `
  create table log (id text not null, first integer not null, checkpoint integer not null) strict;
  create table entry (position integer primary key, text text not null) strict;
  create table piece (position integer not null, i integer not null, text text not null, primary key (position, i))
    strict, without rowid;
  `
]

/** Marks a file of SQLite as ours: "pala". */
const applicationId = 0x70_61_6c_61

/** The class, loaded when it is needed: not every Node has it, and most servers do without. */
export const sqlite = (): typeof DatabaseSync => process.getBuiltinModule("node:sqlite").DatabaseSync

/**
 * Opens the file of a log to be written; makes it if there is none, and upgrades an older one after a copy. A file that
 * is not ours, or newer, stays as it is. Only the holder of its lock may do this.
 */
export const openToWrite = (path: string, upgrades = steps): DatabaseSync => {
  const version = versionOf(path, upgrades.length)
  const db = new (sqlite())(resolve(path), { timeout: 1_000 })
  if (version === upgrades.length) return db
  if (version > 0) db.prepare("vacuum into ?").run(`${path}.v${version}`)
  transaction(db, () => {
    for (const step of upgrades.slice(version)) db.exec(step)
    if (version === 0) db.prepare("insert into log values (?, 1, 0)").run(randomUUID())
    db.exec(`pragma application_id = ${applicationId}; pragma user_version = ${upgrades.length}`)
  })
  return db
}

/** Opens the file of a log to be read, also while a server writes it. */
export const openToRead = (path: string): DatabaseSync => {
  if (versionOf(path, steps.length) < steps.length)
    throw refused(`${path} is empty, or of an older version: start the server on it once`)
  return new (sqlite())(resolve(path), { readOnly: true, timeout: 1_000 })
}

/** The version of a file, from its first bytes; 0 if there is none, or an empty one. Reading it changes nothing. */
export const versionOf = (path: string, newest = steps.length): number => {
  const header = headerOf(path)
  if (header.length === 0) return 0
  if (header.toString("latin1", 0, magic.length) !== magic || header.length < headerBytes)
    throw refused(`${path} is a file of something else; nothing was changed`)
  if (header.readUInt32BE(68) !== applicationId)
    throw refused(`${path} is an SQLite database of something else; nothing was changed`)
  const version = header.readUInt32BE(60)
  if (version <= newest) return version
  const detail = `${path} was written by a newer palabre (version ${version} of its format, and this one knows ${newest}): use that one; nothing was changed`
  throw new LogFailure({ reason: "newer", detail })
}

const magic = "SQLite format 3\0"
const headerBytes = 100

const headerOf = (path: string): Buffer => {
  const header = Buffer.alloc(headerBytes)
  try {
    if (!statSync(path).isFile()) throw new Error("it is not a regular file") // opening a pipe would wait for its writer
    const file = openSync(path, "r")
    try {
      return header.subarray(0, readSync(file, header))
    } finally {
      closeSync(file)
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return header.subarray(0, 0)
    throw refused(`${path} cannot be read: ${(error as Error).message}`)
  }
}

/** Does all of it or nothing. */
export const transaction = <A>(db: DatabaseSync, body: () => A): A => {
  db.exec("begin immediate")
  try {
    const result = body()
    db.exec("commit")
    return result
  } catch (error) {
    if (db.isTransaction) db.exec("rollback")
    throw error
  }
}

const refused = (detail: string): LogFailure => new LogFailure({ reason: "refused", detail })

/** What an error of SQLite means, by its primary code. */
const meanings: Readonly<Record<number, readonly [LogReason, string]>> = {
  5: ["in_use", "is in use by another process"],
  6: ["in_use", "is in use by another process"],
  8: ["refused", "may not be written: see the permissions of the file and its folder"],
  10: ["unavailable", "cannot be read or written: see the disk"],
  11: ["damaged", "is damaged: restore it from a backup"],
  13: ["full", "has no room: free space on its disk, or raise --store-max"],
  14: ["refused", "cannot be opened: see the path, and the permissions of its folder"],
  26: ["damaged", "is damaged: restore it from a backup"]
}

/** An error of SQLite in our words; any other as it is. */
export const failureOf = (path: string, error: unknown): unknown => {
  const { errcode, message } = error as Error & { readonly errcode?: number }
  const meaning = meanings[(errcode ?? 0) & 0xff]
  if (meaning === undefined) return error
  const [reason, words] = meaning
  return new LogFailure({ reason, detail: `${path} ${words} (${message})` })
}
