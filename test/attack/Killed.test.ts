import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Book } from "../../attack/resume/Book.ts"
import { play } from "../../attack/resume/Play.ts"
import { stored } from "../../attack/resume/Servers.ts"
import { shortRun } from "./shortRun.ts"

const settings = { ...shortRun, stallMillis: 10_000, restartSeconds: 0.5, kills: 3 }

/** What clients find at our own server with a file, which is killed under load and started again. */
const bookOf = (sync: string, nodeFlags?: ReadonlyArray<string>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const book = new Book()
      yield* play(settings, yield* stored(sync, settings.clients, nodeFlags), book)
      return book
    })
  )

describe("clients of a server that keeps the chat in a file, and is killed", () => {
  for (const sync of ["full", "normal"])
    it.live(`lose nothing, and see nothing twice, with ${sync}`, () =>
      Effect.gen(function* () {
        const book = yield* bookOf(sync)
        assert.deepStrictEqual(book.findings, [])
        assert.isAtLeast(book.numberOf("kills"), settings.kills)
        assert.isAtLeast(book.numberOf("acked"), settings.acked)
      })
    )

  it.live("find a log that acknowledges what it has not written yet", () =>
    Effect.gen(function* () {
      const early = fileURLToPath(new URL("earlyAcks.ts", import.meta.url))
      const { findings } = yield* bookOf("full", ["--import", early])
      assert.match(findings.map(({ clause }) => clause).join(" "), /SEQ-4|MSG-1|RESUME-5/)
    })
  )
})
