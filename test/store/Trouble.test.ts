import { spawnSync } from "node:child_process"
import { copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { palabre, type Program, serve, serving } from "../support/program.ts"
import { connectTo, type Received, type TestClient } from "../support/TestClient.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

const features = ["history"]

/** Runs this with a client that has logged in. */
const as = <A>(
  username: string,
  port: number,
  body: (client: TestClient, welcome: Received) => Effect.Effect<A>
) =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const client = yield* connectTo({ host: "127.0.0.1", port })
        return yield* body(client, yield* client.ask({ type: "login", username, features }))
      })
    )
  )

const say = (content: string) => ({ type: "message", content })

/** Talks until that is refused, and tells how many messages were acknowledged. */
const talkUntilRefused = Effect.fnUntraced(function* (client: TestClient) {
  const long = say("x".repeat(20_000))
  for (let acked = 0; ; acked++) {
    const reply = yield* client.ask(long)
    if (reply.status === "success") continue
    assert.strictEqual(reply.code, "unavailable")
    return acked
  }
})

/** The number of the last message, as somebody new is told it. */
const lastOf = (port: number): Promise<number> =>
  as(`reader${++readers}`, port, (_, { last }) => Effect.succeed(Number(last)))
let readers = 0

/** Runs a server on a small disk of its own, which goes with it; the folder of that disk, as others see it. */
const onSmallDisk = async (mount: string, KiB: number) => {
  const inside = `mount -t tmpfs -o size=${KiB}k none ${mount} && exec "$0" bin/palabre.js "$@"`
  const program = serve(["--store", join(mount, "chat.db"), "--log-level", "error"], {
    before: `exec unshare -rm sh -c '${inside}' "$0" "$@"; `
  })
  return { ...program, port: await program.listening(), disk: `/proc/${program.child.pid}/root${mount}` }
}

const mayMount = spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0
const hasSqlite = spawnSync("sqlite3", ["--version"]).status === 0
if (!mayMount) console.warn("SKIPPED: the test of a full disk, as no disk may be mounted here (unshare -rm)")
if (!hasSqlite)
  console.warn("SKIPPED: the test of a backup, as there is no sqlite3 (apt-get install sqlite3)")

const end = async ({ child, finished }: Program) => {
  child.kill()
  assert.strictEqual((await finished()).code, 0)
}

describe("serve --store in trouble", () => {
  it.skipIf(!mayMount)(
    "on a full disk refuses, keeps all that was acked, and goes on once there is room",
    async () => {
      const server = await onSmallDisk(temporaryFolder(), 2_048)
      const filler = join(server.disk, "filler")
      writeFileSync(filler, Buffer.alloc(1024 * 1024))
      const acked = await as("alice", server.port, (client) =>
        Effect.gen(function* () {
          const acked = yield* talkUntilRefused(client)
          assert.isAbove(acked, 5)
          assert.strictEqual((yield* client.ask({ type: "list" })).status, "success")
          rmSync(filler)
          const isThere = Effect.map(client.ask(say("room again")), ({ seq }) => seq === acked + 1)
          yield* Effect.repeat(isThere, { until: (isThere) => isThere })
          return acked + 1
        })
      )
      assert.strictEqual(await lastOf(server.port), acked)
      const folder = temporaryFolder()
      const copy = join(folder, "chat.db")
      for (const name of ["chat.db", "chat.db-wal"]) copyFileSync(join(server.disk, name), join(folder, name)) // SQLite itself would look on this side of the mount
      await end(server)
      assert.match((await palabre(["store", "check", copy]).finished()).out, /is sound/)
      const later = await serving("--store", copy)
      assert.strictEqual(await lastOf(later.port), acked)
      await end(later)
    }
  )

  it("on a disk that fails answers `unavailable`, ends with exit code 3, and has all that was acked", async () => {
    const file = join(temporaryFolder(), "chat.db")
    const failing = serve(["--store", file], { before: "trap '' XFSZ; ulimit -f 1000;" })
    const acked = await as("alice", await failing.listening(), talkUntilRefused)
    assert.isAbove(acked, 5)
    const { code, err } = await failing.finished()
    assert.strictEqual(code, 3)
    assert.match(err, /^palabre: \S+chat\.db cannot be read or written: see the disk[^\n]*$/m)
    const later = await serving("--store", file)
    assert.isAtLeast(await lastOf(later.port), acked)
    await end(later)
  })

  it("ends with exit code 3 when another file is put in the place of its own, and leaves that alone", async () => {
    const folder = temporaryFolder()
    const file = join(folder, "chat.db")
    const { finished, port } = await serving("--store", file)
    const code = await as("alice", port, (client) =>
      Effect.gen(function* () {
        yield* client.ask(say("kept"))
        writeFileSync(`${file}.other`, "not a chat")
        renameSync(`${file}.other`, file)
        return (yield* client.ask(say("into the void"))).code
      })
    )
    assert.strictEqual(code, "unavailable")
    const { code: exitCode, err } = await finished()
    assert.strictEqual(exitCode, 3)
    assert.match(err, /^palabre: \S+chat\.db was removed or exchanged while the server ran on it$/m)
    assert.strictEqual(readFileSync(file, "utf8"), "not a chat")
  })

  it("does not listen on a file of which the last entry is damaged, or was written by a newer version", async () => {
    for (const [text, exitCode, problem] of [
      ["[", 3, /^palabre: entry \d+ of the log is damaged: restore it from a backup\n$/],
      ['{"v":99}', 4, /^palabre: entry \d+ of the log was written by a newer palabre[^\n]*\n$/]
    ] as const) {
      const file = join(temporaryFolder(), "chat.db")
      const server = await serving("--store", file)
      await as("alice", server.port, (client) => client.ask(say("kept")))
      await end(server)
      const db = new DatabaseSync(file)
      db.prepare("update entry set text = ? where position = (select max(position) from entry)").run(text)
      db.close()
      const { code, err, out } = await serve(["--store", file]).finished()
      assert.deepStrictEqual([code, out], [exitCode, ""])
      assert.match(err, problem)
    }
  })

  it("takes a path for a file, whatever SQLite makes of it, and takes nothing but files", async () => {
    const folder = temporaryFolder()
    const there = { before: `root=$PWD; cd ${folder}; exec "$0" "$root/bin/palabre.js" "$@";` }
    for (const path of [":memory:", "file:chat.db?mode=memory"]) {
      const server = serve(["--store", path], there)
      const { child, finished, listening } = server
      await as("alice", await listening(), (client) => client.ask(say("kept")))
      child.kill("SIGKILL")
      await finished()
      const { out } = await palabre(["store", "inspect", path], there).finished()
      assert.match(out, /^ {2}lobby {2}1 to 1 kept$/m)
    }
    spawnSync("mkfifo", [join(folder, "pipe")])
    for (const name of ["pipe", "."]) {
      const { code, err } = await serve(["--store", join(folder, name)]).finished()
      assert.strictEqual(code, 3)
      assert.match(err, /^palabre: \S+ cannot be read: it is not a regular file\n$/)
    }
  })

  it("does not start with a --max-frame that no entry of the log has room for", async () => {
    const { code, err } = await serve([
      "--store",
      join(temporaryFolder(), "chat.db"),
      "--max-frame",
      "4MiB"
    ]).finished()
    assert.strictEqual(code, 2)
    assert.match(
      err,
      /^palabre: --max-frame is 4194304 bytes, and an entry of the log has room for \S+ \S+ of \d+: lower it\n$/
    )
  })
})

describe("sqlite3 .backup of a file that is served", () => {
  it.skipIf(!hasSqlite)(
    "is the chat of that moment, and begins a new epoch where it is restored",
    async () => {
      const folder = temporaryFolder()
      const file = join(folder, "chat.db")
      const backup = join(folder, "backup.db")
      const server = await serving("--store", file)
      const before = await as("alice", server.port, (client, { epoch }) =>
        Effect.gen(function* () {
          yield* client.ask(say("one"))
          const { status, stderr } = spawnSync("sqlite3", [file, `.backup ${backup}`], { encoding: "utf8" })
          assert.deepStrictEqual([status, stderr], [0, ""])
          assert.strictEqual((yield* client.ask(say("two"))).seq, 2)
          return epoch
        })
      )
      await end(server)
      for (const name of ["chat.db", "chat.db-wal", "chat.db-shm"])
        rmSync(join(folder, name), { force: true })
      renameSync(backup, file)
      const restored = await serving("--store", file)
      const { epoch, messages } = await as("bob", restored.port, (client, { epoch }) =>
        Effect.map(client.ask({ type: "history" }), ({ messages }) => ({ epoch, messages }))
      )
      assert.notStrictEqual(epoch, before)
      assert.deepStrictEqual(
        messages.map(({ content }: Received) => content),
        ["one"]
      )
      await end(restored)
      const [lost, nothingLost] = await Promise.all([restored, server].map(({ finished }) => finished()))
      assert.match(lost!.err, /the log has lost something: a new epoch begins/)
      assert.notInclude(nothingLost!.err, "epoch")
    }
  )
})
