import { statSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { assert, describe, it } from "vitest"
import { serving } from "../support/program.ts"
import { connectTo, type Received, type TestClient } from "../support/TestClient.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

/** Messages that are said; 360,000 are an hour of 100 a second. */
const messages = Number(process.env.MESSAGES ?? 15_000)

const MiB = 1024 * 1024
const checkpointMiB = 8
const historyMiB = 1
const flags =
  `--store-sync normal --store-checkpoint ${checkpointMiB}MiB --grace 10h ` +
  `--history 50 --history-bytes ${historyMiB}MiB`

/** What docs/OPERATIONS.md says that the file stays below, and the write-ahead log beside it. */
const fileBytesMax = (4 * checkpointMiB + 2 * historyMiB) * MiB
const walBytesMax = 32 * MiB

const features = ["rooms", "direct", "history"]

type Enter = (
  username: string,
  more?: object
) => Effect.Effect<{ readonly client: TestClient; readonly welcome: Received }, never, Scope.Scope>

/** Runs this with a server on a file, which has shut down in order when it is done. */
const during = async <A>(file: string, body: (enter: Enter) => Effect.Effect<A, never, Scope.Scope>) => {
  const { child, finished, port } = await serving("--store", file, ...flags.split(" "))
  const enter: Enter = Effect.fnUntraced(function* (username, more = {}) {
    const client = yield* connectTo({ host: "127.0.0.1", port })
    return { client, welcome: yield* client.ask({ type: "login", username, features, ...more }) }
  })
  const result = await Effect.runPromise(Effect.scoped(body(enter)))
  child.kill()
  assert.strictEqual((await finished()).code, 0)
  return result
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0

const contents = (received: ReadonlyArray<Received>) => received.map(({ content }) => content)

describe("serve --store, while an hour's traffic is said as fast as it is acknowledged", () => {
  it(
    "keeps a bounded file, a quiet room's history and the letters of an absent session",
    { timeout: 40 * messages },
    async () => {
      const folder = temporaryFolder()
      const file = join(folder, "chat.db")
      const letters = ["one", "two", "three"]
      const { highest, highestWal, welcome } = await during(file, (enter) =>
        Effect.gen(function* () {
          const { welcome } = yield* Effect.scoped(enter("carol"))
          const { client } = yield* enter("alice")
          yield* client.ask({ type: "join", room: "quiet" })
          yield* client.ask({ type: "message", room: "quiet", content: "still here" })
          for (const content of letters) yield* client.ask({ type: "message", to: "carol", content })
          const content = "x".repeat(4_000)
          let highest = 0
          let highestWal = 0
          for (let i = 1; i <= messages; i++) {
            assert.strictEqual((yield* client.ask({ type: "message", content })).seq, i)
            if (i % 100 !== 0) continue
            highest = Math.max(highest, sizeOf(file))
            highestWal = Math.max(highestWal, sizeOf(`${file}-wal`))
          }
          return { highest, highestWal, welcome }
        })
      )
      assert.isBelow(highest, fileBytesMax)
      assert.isBelow(highestWal, walBytesMax)
      assert.isAbove(messages * 4_000, 1.5 * fileBytesMax, "more was said than the file may hold")
      await during(file, (enter) =>
        Effect.gen(function* () {
          const { epoch, session } = welcome
          const { client, welcome: back } = yield* enter("carol", {
            epoch,
            session,
            seen: { "@": 0, lobby: messages }
          })
          assert.deepStrictEqual([back.resumed, back.last], [true, messages])
          assert.deepStrictEqual(contents(yield* client.take(letters.length)), letters)
          yield* client.ask({ type: "join", room: "quiet" })
          const { messages: kept } = yield* client.ask({ type: "history", room: "quiet" })
          assert.deepStrictEqual(contents(kept), ["still here"])
        })
      )
    }
  )
})
