import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Book, noClause } from "../../attack/resume/Book.ts"
import { play } from "../../attack/resume/Play.ts"
import type { Settings } from "../../attack/resume/Run.ts"
import type { Change, Chat } from "../../mutants/chat/Chat.ts"
import { faults } from "../../mutants/Faults.ts"
import { clocksWith, Patience } from "../../process/Patience.ts"
import { chatWith } from "./mixedRun.ts"
import { shortRun } from "./shortRun.ts"

/** What a short run finds at a small server that keeps little, with this change. */
const findingsAt = (
  change?: Change,
  other: Partial<Settings> = {},
  forget: (chat: Chat) => void = () => {}
) => Effect.scoped(foundAt(change, other, forget))

const foundAt = Effect.fnUntraced(function* (
  change: Change | undefined,
  other: Partial<Settings>,
  forget: (chat: Chat) => void
) {
  const { address, chat } = yield* chatWith((base) => ({ historyMax: 40, ...change?.(base) }))
  const book = new Book()
  const patience = new Patience(clocksWith(undefined))
  /** Like a server that was killed and has kept everything, but for what it forgets. */
  const restart = Effect.andThen(
    Effect.sync(() => {
      for (const { socket } of chat.clients) socket.resetAndDestroy()
    }),
    Effect.sync(() => forget(chat)).pipe(Effect.delay(50))
  )
  yield* play({ ...shortRun, ...other }, { addresses: [address], patience, restart }, book)
  return book
})

/** What is found of servers that are wrong on purpose: the clauses that may tell of it. */
const found: Readonly<Record<string, RegExp>> = {
  "lobby-spelled": /ROOM-1/,
  "rooms-for-all": /ROOM-2/,
  "hears-after-leaving": /ROOM-2/,
  "room-hears-itself": /MSG-3/,
  "past-before-the-reply": /ROOM-3/,
  "room-in-two-orders": /SEQ-2/,
  "letter-for-all": /DM-1/,
  "letter-twice": /DM-1/,
  "letter-lost-when-away": /DM-3/,
  "no-letter-when-away": /DM-3/,
  "letters-counted-together": /SEQ-1/,
  "inbox-of-the-name": /DM-[34]/,
  "inbox-outlives-the-session": /DM-4/,
  "numbers-by-two": /SEQ-2/,
  "live-twice": /SEQ-2/,
  "past-newest-first": /SEQ-2/,
  "ack-one-behind": /SEQ-3/,
  "ack-late": /SEQ-3/,
  "page-from-the-start": /HIST-2/,
  "expired-unsaid": /SEQ-2/,
  "gap-one-too-far": /SEQ-2|HIST-4/,
  "page-from-one": /HIST-4/,
  "name-free-when-away": /LOGIN-3|NODE-2/,
  "rooms-left-when-away": /RESUME-1/,
  "replaced-stays": /RESUME-2/,
  "replaced-unsaid": /RESUME-2/,
  "replaced-speaks": /RESUME-2/,
  "nothing-shown-again": /SEQ-2|RESUME-3/,
  "first-missed-lost": /SEQ-2/,
  "missed-twice": /SEQ-2/,
  "lost-at-the-cut": /SEQ-2|RESUME-3/,
  "own-shown-again": /MSG-3/,
  "resumes-once": /RESUME-[1-5]/,
  "token-only-after-a-message": /RESUME-[1-5]/,
  "logout-keeps-the-session": /RESUME-6/,
  "token-outlives-logout": /RESUME-6/,
  "cid-ignored": /DEDUP-1/,
  "duplicate-with-a-new-number": /DEDUP-1/,
  "cid-of-everybody": /DEDUP-[14]|MSG-2/,
  "last-cid-only": /DEDUP-1/,
  "cid-forgotten-on-return": /DEDUP-1/,
  "cid-forgotten-at-the-cut": /DEDUP-1/,
  "other-content-acked": /DEDUP-4/,
  "other-content-said": /DEDUP-4|MSG-6/
}

const killed = { acked: 800, restartSeconds: 0.2 }

/** Takes connections, and says nothing. */
const silent: Change = () => ({ accept: (socket) => void socket.on("error", () => {}) })

describe("clients that are cut off", () => {
  it.live("find nothing wrong with a server that is right", () =>
    Effect.gen(function* () {
      const book = yield* findingsAt()
      assert.deepStrictEqual(book.findings, [])
      assert.isAtLeast(book.numberOf("acked"), shortRun.acked)
    })
  )

  it.live("read long messages slowly, and are not cut off for it", () =>
    Effect.gen(function* () {
      const other = { acked: 100, size: 60_000, allLong: true, allSlow: true, bytesPerSecond: 20_000_000 }
      assert.deepStrictEqual((yield* findingsAt(undefined, other)).findings, [])
    })
  )

  it.live("find nothing wrong with a server that is killed and forgets nothing", () =>
    Effect.gen(function* () {
      const book = yield* findingsAt(undefined, killed)
      assert.deepStrictEqual(book.findings, [])
      assert.isAbove(book.numberOf("kills"), 0)
    })
  )

  it.live("find a message that was lost when the server was killed", () =>
    Effect.gen(function* () {
      const { findings } = yield* findingsAt(undefined, killed, ({ lobby }) => {
        if (lobby.kept.pop() !== undefined) lobby.last--
      })
      assert.isNotEmpty(findings) // by which clause is up to chance: a number given again, an ack without a message
    })
  )

  it.live("take a run in which nothing comes for a finding", () =>
    Effect.gen(function* () {
      const { findings } = yield* findingsAt(silent, { stallMillis: 100 })
      assert.strictEqual(findings[0]!.clause, noClause)
    })
  )

  for (const [name, clauses] of Object.entries(found))
    it.live(`find ${name}`, () =>
      Effect.gen(function* () {
        const { change } = faults.find((fault) => fault.name === name)!
        const { findings } = yield* findingsAt(change, { stallMillis: 300 })
        assert.match(findings.map(({ clause }) => clause).join(" "), clauses)
      })
    )
})
