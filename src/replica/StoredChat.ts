import { randomBytes } from "node:crypto"
import { statSync } from "node:fs"
import type { DatabaseSync } from "node:sqlite"
import * as Result from "effect/Result"
import { checkpoint } from "../fold/Checkpoint.ts"
import { apply } from "../fold/Fold.ts"
import type { Entry, Operation } from "../fold/Operation.ts"
import { restore } from "../fold/Restore.ts"
import { makeState, type State } from "../fold/State.ts"
import { decode, encode } from "../log/Codec.ts"
import { LogFailure, unreadable } from "../log/Failure.ts"
import { SqliteFile } from "../log/SqliteFile.ts"
import { failureOf, openToRead, versionOf } from "../log/SqliteSchema.ts"

/** What is in the file of a log. */
export interface StoredChat {
  /** Bytes of the file. */
  readonly bytes: number
  readonly version: number
  /** Entries that are in it. */
  readonly first: number
  readonly last: number
  /** The position of the newest checkpoint; 0 if there is none. */
  readonly checkpoint: number
  /** What comes of all that. */
  readonly state: State
}

/** Reads a file, also while a server writes it. With `whole`, every page of it. Throws `LogFailure`. */
export const readStored = (path: string, whole = false): StoredChat => {
  if (versionOf(path) === 0) throw missing(path)
  try {
    const db = openToRead(path)
    try {
      if (whole) assertSound(path, db)
      return chatIn(path, db)
    } finally {
      db.close()
    }
  } catch (error) {
    throw failureOf(path, error)
  }
}

/** Gives the space back that a file does not need, and forgets what is not kept; gives its bytes before and after. */
export const compactStored = (path: string): readonly [before: number, after: number] =>
  withFile(path, (file) => {
    const { bytes, last, state } = readStored(path)
    writeAnew(file, last, state)
    return [bytes, sizeOf(path)]
  })

/** Removes what was said under a name, and all traces of it in the file; gives the number of these messages. */
export const forgetStored = (path: string, username: string): number =>
  withFile(path, (file) => {
    const { state } = readStored(path)
    const epoch = randomBytes(6).toString("base64url")
    const ops: Array<Operation> = [{ t: "up", epoch, rules: state.rules, alone: true }]
    if (!file.continues) ops.push({ t: "epoch", epoch })
    ops.push({ t: "forget", username })
    const entry: Entry = { node: `store-${epoch}`, n: 1, at: Date.now(), ops }
    const before = messagesIn(state)
    const position = file.append([encode(entry)])
    apply(state, position, entry, () => {})
    writeAnew(file, position, state)
    return before - messagesIn(state)
  })

/** Leaves nothing in a file but what came of its entries up to the last one. */
const writeAnew = (file: SqliteFile, position: number, state: State): void => {
  let i = 0
  for (const piece of checkpoint(state, pieceBytesMax)) file.put(position, i++, piece)
  file.complete(position)
  while (file.trim(position + 1)) continue
  file.compact()
}

const pieceBytesMax = 256 * 1024

const missing = (path: string): LogFailure =>
  new LogFailure({ reason: "refused", detail: `there is no chat in ${path}` })

const sizeOf = (path: string): number => statSync(path).size

const withFile = <A>(path: string, body: (file: SqliteFile) => A): A => {
  if (versionOf(path) === 0) throw missing(path)
  const file = new SqliteFile({ path, sync: "full", bytesMax: 2 ** 40 })
  try {
    return body(file)
  } finally {
    file.close()
  }
}

const assertSound = (path: string, db: DatabaseSync): void => {
  const [first] = db.prepare("pragma integrity_check(1)").all()
  const [found] = Object.values(first!)
  if (found === "ok") return
  const [line] = String(found).split("\n")
  throw new LogFailure({
    reason: "damaged",
    detail: `${path} is damaged: restore it from a backup (${line})`
  })
}

const chatIn = (path: string, db: DatabaseSync): StoredChat => {
  const row = db.prepare("select first, checkpoint from log").get()!
  const first = Number(row.first)
  const position = Number(row.checkpoint)
  const state = position === 0 ? makeState() : restored(path, db, position)
  let last = Math.max(first - 1, position)
  for (const { position: at, text } of db
    .prepare("select position, text from entry where position > ? order by position")
    .iterate(position)) {
    if (at !== last + 1)
      throw new LogFailure({ reason: "damaged", detail: `${path} is damaged: entry ${last + 1} is missing` })
    last = at
    apply(state, at, decode(at, String(text)).entry, () => {})
  }
  return { bytes: sizeOf(path), version: versionOf(path), first, last, checkpoint: position, state }
}

const restored = (path: string, db: DatabaseSync, position: number): State => {
  const rows = db.prepare("select text from piece where position = ? order by i").all(position)
  const state = restore(rows.map(({ text }) => String(text)))
  if (Result.isSuccess(state)) return state.success
  throw new LogFailure(unreadable(`the checkpoint in ${path}`, state.failure.version))
}

const messagesIn = ({ archive }: State): number => {
  let count = 0
  for (let said = archive.oldest; said !== undefined; said = said.newer) count++
  return count
}
