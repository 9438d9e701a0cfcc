import { rmSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { serving } from "../support/program.ts"
import { connectTo, type Received } from "../support/TestClient.ts"
import { Talker } from "./Talker.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

/** More of them for whoever wants to be surer. */
const kills = Number(process.env.KILLS ?? 5)

/** All that was ever said in the lobby, in order. */
const historyOf = (port: number): Promise<ReadonlyArray<Received>> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const client = yield* connectTo({ host: "127.0.0.1", port })
        yield* client.login("reader", "history")
        const all: Array<Received> = []
        while (all[0]?.seq !== 1) {
          const before = all[0]?.seq
          const { messages } = yield* client.ask({ type: "history", limit: 200, ...(before && { before }) })
          all.unshift(...messages)
        }
        return all
      })
    )
  )

describe("serve --store, whose file is removed while it runs", () => {
  it("tells its clients `unavailable`, acknowledges nothing, and says why it ends", async () => {
    const folder = temporaryFolder()
    const file = join(folder, "chat.db")
    const { finished, port } = await serving("--store", file, "--log-level", "error")
    const said = await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const client = yield* connectTo({ host: "127.0.0.1", port })
          yield* client.login("alice", "history")
          rmSync(file)
          client.send({ type: "message", content: "into the void", cid: "1" })
          return yield* client.rest
        })
      )
    )
    assert.deepStrictEqual(
      said.map(({ code }) => code),
      ["unavailable"]
    )
    const { code, err } = await finished()
    assert.strictEqual(code, 3)
    assert.match(err, /^palabre: \S+chat\.db was removed or exchanged while the server ran on it$/m)
  })
})

describe("serve --store, killed under load", () => {
  it.each(["full", "normal"])(
    "loses nothing that was acknowledged, and doubles nothing (--store-sync %s)",
    { timeout: 120_000 * kills },
    async (sync) => {
      const folder = temporaryFolder()
      const store = ["--store", join(folder, "chat.db"), "--store-sync", sync, "--store-checkpoint", "64KiB"]
      const serve = () => serving(...store, "--history", "100000", "--log-level", "error")
      const talkers = ["alice", "bob", "carol", "dave"].map((name) => new Talker(name))
      for (let round = 0; round < kills; round++) {
        const server = await serve()
        await new Promise<void>((resolve) => {
          let acks = 0
          const enough = 200 + 61 * (round % 7)
          for (const talker of talkers) void talker.start(server.port, () => ++acks === enough && resolve())
        })
        server.child.kill("SIGKILL")
        await server.finished()
      }
      const { child, finished, port } = await serve()
      const history = await historyOf(port)
      child.kill()
      assert.strictEqual((await finished()).code, 0)
      const said = new Map(history.map(({ content, seq }) => [content, seq]))
      assert.deepStrictEqual(
        history.map(({ seq }) => seq),
        history.map((_, i) => i + 1)
      )
      assert.strictEqual(said.size, history.length, "a message is there twice")
      for (const { acked, first, heard, name, wrong } of talkers) {
        assert.deepStrictEqual(wrong, [])
        assert.isAbove(acked.size, 20 * kills)
        for (const [cid, seq] of acked) assert.strictEqual(said.get(cid), seq, "acknowledged, and not there")
        const last = Math.max(...heard.keys())
        for (const { content, seq, username } of history.slice(first! - 1, last))
          if (username !== name) assert.strictEqual(heard.get(seq), content, `not heard by ${name}`)
      }
    }
  )
})
