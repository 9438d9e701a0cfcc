import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Entry } from "../fold/Operation.ts"
import { decodeAll, encode } from "./Codec.ts"
import { closed, tooLarge } from "./Failure.ts"
import { makeFollowers } from "./Followers.ts"
import { Log, type Logged, type Position } from "./Log.ts"
import { LogError } from "./LogError.ts"
import type { SqliteOptions } from "./SqliteFile.ts"
import { type Answer, SqliteThread } from "./SqliteThread.ts"

/** A log in a file, for one process. All that waits is written in one transaction, while the next gathers. */
export const sqliteLog = (options: SqliteOptions): Layer.Layer<Log, LogError> =>
  Layer.effect(Log, make(options))

/** An entry that is to be appended. */
interface Waiting {
  readonly entry: Entry
  readonly text: string
  readonly settle: (result: Effect.Effect<Position, LogError>) => void
}

const make = Effect.fnUntraced(function* (options: SqliteOptions) {
  const { opened, thread } = yield* SqliteThread.open(options)
  let { last } = opened
  /** The newest entries, for those followers that have read all before them. */
  let newest: ReadonlyArray<Logged> = []
  let waiting: Array<Waiting> = []
  let isWriting = false

  const read = readAhead(thread, () => last)
  const followers = yield* makeFollowers((after) => {
    if (after === last) return Effect.succeed([])
    if (after + newest.length === last) return Effect.succeed(newest)
    return Effect.flatMap(read(after), (texts) => decodeAll(after + 1, texts))
  })

  const fork = Effect.runForkWith(yield* Effect.context<never>())

  const written = (group: ReadonlyArray<Waiting>, answer: Answer) => {
    isWriting = false
    if ("failure" in answer) {
      const failed = Effect.fail(new LogError(answer.failure))
      for (const { settle } of group) settle(failed)
    } else {
      const before = last
      last += group.length
      newest = group.map(({ entry }, i) => ({ position: before + 1 + i, entry }))
      fork(followers.wake)
      for (const [i, { settle }] of group.entries()) settle(Effect.succeed(before + 1 + i))
    }
    write()
  }

  const write = () => {
    if (isWriting || waiting.length === 0) return
    const group = waiting.splice(0, groupMax)
    isWriting = true
    const texts = group.map(({ text }) => text)
    thread.call("append", [texts], (answer) => written(group, answer))
  }

  const append = (entry: Entry): Effect.Effect<Position, LogError> =>
    Effect.callback((settle) => {
      if (followers.areClosed()) return settle(Effect.fail(new LogError(closed)))
      const text = encode(entry)
      const bytes = Buffer.byteLength(text)
      if (bytes > entryBytesMax) return settle(Effect.fail(new LogError(tooLarge(bytes, entryBytesMax))))
      waiting.push({ entry, text, settle })
      write()
    })

  return Log.of({
    continues: opened.continues,
    isShared: false,
    entryBytesMax,
    append,
    follow: followers.follow,
    at: (position) =>
      Effect.flatMap(thread.ask("at", position), (text) =>
        text === undefined
          ? Effect.succeedNone
          : Effect.map(decodeAll(position, [text]), ([logged]) => Option.fromUndefinedOr(logged))
      ),
    certain: Effect.void,
    last: Effect.sync(() => last),
    trim: (before) => Effect.repeat(thread.ask("trim", before), { while: (isMore) => isMore }),
    save: ({ pieces, position }) =>
      Effect.gen(function* () {
        let i = 0
        for (const piece of pieces) yield* thread.ask("put", position, i++, piece)
        yield* thread.ask("complete", position)
      }),
    saved: Effect.map(thread.ask("saved"), Option.fromUndefinedOr)
  })
})

/** Reads texts after a position. The thread reads on while these are used, so that whoever is far behind waits once. */
const readAhead = (thread: SqliteThread, last: () => Position) => {
  let ahead: { readonly after: Position; readonly texts: ReturnType<typeof begin> } | undefined
  const begin = (after: Position) => Effect.runFork(thread.ask("read", after))
  return (after: Position) =>
    Effect.suspend(() => {
      const texts = ahead?.after === after ? ahead.texts : begin(after)
      ahead = undefined
      return Effect.tap(Fiber.join(texts), ({ length }) => {
        const next = after + length
        if (next < last()) ahead = { after: next, texts: begin(next) }
        return Effect.void
      })
    })
}

/** The longest text of an entry. */
const entryBytesMax = 4 * 1024 * 1024

/** Entries written at once, at most. */
const groupMax = 64
