import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { SqliteFile } from "../../src/log/SqliteFile.ts"
import { palabre, serving } from "../support/program.ts"
import { connectTo } from "../support/TestClient.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

/** A file in which alice and bob have spoken, and the server that may still run on it. */
const chat = async (whatElse: (server: { readonly file: string }) => Promise<void> = async () => {}) => {
  const folder = temporaryFolder()
  const file = join(folder, "chat.db")
  const { child, finished, port } = await serving("--store", file, "--store-sync", "normal")
  const talk = Effect.gen(function* () {
    for (const username of ["alice", "bob"]) {
      const client = yield* connectTo({ host: "127.0.0.1", port })
      yield* client.login(username, "history", "rooms")
      yield* client.ask({ type: "join", room: "Lab" })
      yield* client.before
      for (const words of ["secret words", "more"]) {
        const content = `${words} of ${username}`
        yield* client.ask({ type: "message", room: "lab", content, cid: `receipt of ${username}, ${words}` })
      }
    }
  })
  await Effect.runPromise(Effect.scoped(talk))
  await whatElse({ file })
  child.kill()
  assert.strictEqual((await finished()).code, 0)
  return { file, folder }
}

const store = (...args: ReadonlyArray<string>) => palabre(["store", ...args]).finished()

describe("palabre store", () => {
  it("inspect and check tell what is in the file while the server runs; compact and forget wait", async () => {
    await chat(async ({ file }) => {
      const { code, out } = await store("inspect", file)
      assert.strictEqual(code, 0)
      assert.match(
        out,
        /^\S+chat\.db: 0\.\d MiB, version 1, entries 1 to \d+, no checkpoint\nepoch \S+, \d sessions/
      )
      assert.match(out, /\n {2}lobby {2}nothing kept, last number 0\n {2}Lab {4}1 to 4 kept\n$/)
      assert.notInclude(out, "secret")
      assert.match((await store("check", file)).out, /is sound: all up to entry \d+ can be read/)
      const forgetting = await store("forget", "alice", file)
      assert.strictEqual(forgetting.code, 3)
      assert.match(forgetting.err, /in use by another process/)
    })
  })

  it("forget removes what was said under a name, to the last byte", async () => {
    const { file, folder } = await chat()
    assert.strictEqual(
      (await store("forget", "ALICE", file)).out,
      `2 messages of ALICE removed from ${file}\n`
    )
    for (const name of readdirSync(folder)) {
      const bytes = readFileSync(join(folder, name)).toString("latin1")
      assert.notMatch(bytes, /words of alice|receipt of alice/)
      if (name === "chat.db")
        assert.match(bytes, /words of bob[^]*receipt of bob|receipt of bob[^]*words of bob/)
    }
    assert.match((await store("inspect", file)).out, /Lab {4}3 to 4 kept/)
    assert.strictEqual((await store("check", file)).code, 0)
  })

  it.each(["", " alice", "a".repeat(33)])("forget takes no name that nobody can have (%j)", async (name) => {
    const { file } = await chat()
    const { code, err, out } = await store("forget", name, file)
    assert.deepStrictEqual([code, err, out], [2, `palabre: NAME is "${name}", which nobody can have\n`, ""])
  })

  it("compact leaves nothing in the file that is not kept any more", async () => {
    const { file, folder } = await chat()
    const again = await serving("--store", file, "--history", "2")
    again.child.kill()
    assert.strictEqual((await again.finished()).code, 0)
    assert.match((await store("inspect", file)).out, /Lab {4}3 to 4 kept/)
    assert.include(readFileSync(file).toString("latin1"), "words of alice")
    assert.strictEqual((await store("compact", file)).code, 0)
    for (const name of readdirSync(folder))
      assert.notInclude(readFileSync(join(folder, name)).toString("latin1"), "words of alice")
    assert.match((await store("inspect", file)).out, /Lab {4}3 to 4 kept/)
    assert.strictEqual((await store("check", file)).code, 0)
  })

  it("compact gives space back", async () => {
    const { file } = await chat()
    const open = new SqliteFile({ path: file, sync: "normal", bytesMax: 2 ** 30 })
    const before = open.last
    open.append(Array.from({ length: 100 }, () => "x".repeat(10_000)))
    while (open.trim(open.last + 1)) continue
    open.close()
    assert.isAbove(open.last, before)
    const size = statSync(file).size
    assert.match((await store("compact", file)).out, /: 1\.\d MiB before, 0\.0 MiB now/)
    assert.isBelow(statSync(file).size, size / 10)
  })

  it("says in a line what is wrong with a file, with an exit code of its own", async () => {
    const { file } = await chat()
    const bytes = readFileSync(file)
    bytes.fill(0xaa, 4096)
    writeFileSync(file, bytes)
    const { code, err } = await store("check", file)
    assert.strictEqual(code, 3)
    assert.match(err, /^palabre: \S+chat\.db is damaged: restore it from a backup[^\n]*\n$/)
    for (const command of ["inspect", "check", "compact"]) {
      const { code, err } = await store(command, `${file}-nowhere`)
      assert.strictEqual(code, 3)
      assert.match(err, /^palabre: there is no chat in \S+\n$/)
    }
    assert.notInclude(readdirSync(join(file, "..")).join(), "nowhere")
  })
})
