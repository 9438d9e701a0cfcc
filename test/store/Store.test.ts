import { copyFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { openToRead } from "../../src/log/SqliteSchema.ts"
import { Server } from "../../src/Server.ts"
import type { Values } from "../../src/settings/Settings.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"
import { server } from "../support/server.ts"
import { connectTo, type Received, type TestClient } from "../support/TestClient.ts"

const MiB = 1024 * 1024
const features = ["rooms", "direct", "history"]

/** Runs this with a server on a file, which has shut down in order when it is done. */
const during = <A, E>(
  store: string,
  body: (enter: Enter) => Effect.Effect<A, E, Scope.Scope>,
  settings: Partial<Values> = {}
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const context = yield* Layer.build(server({ store, storeSync: "normal", ...settings }))
      const [address] = Context.get(context, Server).addresses
      return yield* body(
        Effect.fnUntraced(function* (username, fields = { features }) {
          const client = yield* connectTo(address!)
          return { client, welcome: yield* client.ask({ type: "login", username, ...fields }) }
        })
      )
    })
  )

type Enter = (
  username: string,
  fields?: object
) => Effect.Effect<{ readonly client: TestClient; readonly welcome: Received }, never, Scope.Scope>

/** The position of the checkpoint in a file. */
const checkpointOf = (file: string) =>
  Effect.sync(() => {
    const db = openToRead(file)
    const { checkpoint } = db.prepare("select checkpoint from log").get()!
    db.close()
    return Number(checkpoint)
  })

const contents = (received: ReadonlyArray<Received>) => received.map(({ content }) => content)

describe("serve --store", () => {
  it.live("keeps rooms, numbers, sessions and letters; names without a session are free", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const file = join(temporaryFolder(), "chat.db")
        const before = yield* during(file, (enter) =>
          Effect.gen(function* () {
            const { client: alice, welcome } = yield* enter("alice")
            yield* alice.ask({ type: "join", room: "Lab" })
            yield* alice.ask({ type: "message", room: "lab", content: "in the lab", cid: "1" })
            yield* enter("plain", {})
            return welcome
          })
        )
        yield* during(file, (enter) =>
          Effect.gen(function* () {
            assert.strictEqual((yield* enter("PLAIN", {})).welcome.status, "success")
            assert.strictEqual((yield* enter("alice", {})).welcome.code, "username_taken")
            const { client: bob } = yield* enter("bob")
            assert.strictEqual((yield* bob.ask({ type: "message", content: "missed" })).seq, before.last + 1)
            yield* bob.ask({ type: "message", to: "alice", content: "a letter" })
          })
        )
        yield* during(file, (enter) =>
          Effect.gen(function* () {
            const { epoch, last, session } = before
            const { client, welcome } = yield* enter("alice", {
              features,
              session,
              epoch,
              seen: { lobby: last, Lab: 0, "@": 0 }
            })
            assert.deepStrictEqual(
              [welcome.resumed, welcome.epoch, welcome.rooms],
              [true, epoch, { Lab: { first: 1, last: 1 } }]
            )
            assert.sameMembers(contents(yield* client.take(2)), ["missed", "a letter"])
            const again = { type: "message", room: "lab", content: "in the lab", cid: "1" }
            assert.deepInclude(yield* client.ask(again), { seq: 1, duplicate: true })
            const history = yield* client.ask({ type: "history", room: "lab" })
            assert.deepStrictEqual(contents(history.messages), ["in the lab"])
          })
        )
      })
    )
  )

  it.live("begins a new epoch where its file was restored from a backup", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const file = join(temporaryFolder(), "chat.db")
        const say = (content: string) =>
          during(file, (enter) =>
            Effect.gen(function* () {
              const { client, welcome } = yield* enter("alice")
              const { seq } = yield* client.ask({ type: "message", content })
              yield* client.ask({ type: "logout" })
              return { epoch: String(welcome.epoch), seq: Number(seq) }
            })
          )
        yield* say("one")
        copyFileSync(file, `${file}.backup`)
        const { epoch, seq } = yield* say("two")
        copyFileSync(`${file}.backup`, file)
        yield* during(file, (enter) =>
          Effect.gen(function* () {
            const { client, welcome } = yield* enter("bob", {
              features,
              epoch,
              session: "x",
              seen: { lobby: seq }
            })
            assert.notStrictEqual(welcome.epoch, epoch)
            assert.deepInclude(yield* client.next, { type: "gap", reason: "epoch", epoch: welcome.epoch })
          })
        )
        const { epoch: next } = yield* say("three")
        assert.strictEqual((yield* say("four")).epoch, next)
      })
    )
  )

  it.live("keeps a quiet room's history and a small file, however much is said elsewhere", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const file = join(temporaryFolder(), "chat.db")
        const settings = { checkpointBytes: 64 * 1024, historyMax: 20 }
        const content = "x".repeat(5_000)
        yield* during(
          file,
          (enter) =>
            Effect.gen(function* () {
              const { client } = yield* enter("alice")
              yield* client.ask({ type: "join", room: "quiet" })
              yield* client.ask({ type: "message", room: "quiet", content: "still here" })
              for (let turn = 0; turn < 4; turn++) {
                const before = yield* checkpointOf(file)
                for (let round = 0; round < 10; round++) {
                  for (let i = 0; i < 25; i++) client.send({ type: "message", content })
                  yield* client.take(25)
                }
                const isNew = Effect.map(checkpointOf(file), (position) => position > before)
                yield* Effect.repeat(isNew, { until: (isNew) => isNew, schedule: Schedule.spaced(20) })
              }
            }),
          settings
        )
        assert.isBelow(statSync(file).size, 4 * MiB)
        yield* during(file, (enter) =>
          Effect.gen(function* () {
            const { client, welcome } = yield* enter("bob")
            assert.strictEqual(welcome.last, 1_000)
            yield* client.ask({ type: "join", room: "quiet" })
            const { messages } = yield* client.ask({ type: "history", room: "quiet" })
            assert.deepStrictEqual(contents(messages), ["still here"])
          })
        )
      })
    )
  )

  it.live("can be backed up while it runs", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const file = join(temporaryFolder(), "chat.db")
        yield* during(file, (enter) =>
          Effect.gen(function* () {
            const { client } = yield* enter("alice")
            yield* client.ask({ type: "message", content: "one" })
            const db = openToRead(file)
            db.prepare("vacuum into ?").run(`${file}.backup`)
            db.close()
            assert.strictEqual((yield* client.ask({ type: "message", content: "two" })).seq, 2)
          })
        )
        yield* during(`${file}.backup`, (enter) =>
          Effect.gen(function* () {
            const { client } = yield* enter("bob")
            const { messages } = yield* client.ask({ type: "history" })
            assert.deepStrictEqual(contents(messages), ["one"])
          })
        )
      })
    )
  )

  it.live("answers `unavailable` where the file is full, and has all that was acknowledged", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const file = join(temporaryFolder(), "chat.db")
        const acked = yield* during(
          file,
          (enter) =>
            Effect.gen(function* () {
              const { client } = yield* enter("alice")
              let acked = 0
              for (const length of [20_000, 10]) {
                const message = { type: "message", content: "x".repeat(length) }
                let reply: Received
                while ((reply = yield* client.ask(message)).status === "success")
                  assert.strictEqual(reply.seq, ++acked)
                assert.deepInclude(reply, { code: "unavailable", retryAfterMs: 1_000 })
              }
              assert.strictEqual((yield* enter("bob")).welcome.code, "unavailable")
              assert.strictEqual((yield* client.ask({ type: "list" })).status, "success")
              return acked
            }),
          { storeBytesMax: MiB, drainMillisMax: 500 }
        )
        assert.isAbove(acked, 10)
        yield* during(file, (enter) =>
          Effect.gen(function* () {
            const { client, welcome } = yield* enter("bob")
            assert.strictEqual(welcome.last, acked)
            assert.strictEqual((yield* client.ask({ type: "message", content: "room" })).seq, acked + 1)
          })
        )
      })
    )
  )
})
