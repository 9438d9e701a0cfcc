import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { hasBrokers, startBrokers } from "../../process/Brokers.ts"
import manifest from "../../package.json" with { type: "json" }
import { type Finished, palabre, serving } from "../support/program.ts"
import { connectTo } from "../support/TestClient.ts"

if (!hasBrokers) console.warn("SKIPPED: nats-server is not installed, so palabre nodes is not tested")

/** A broker for as long as a test takes. */
const broker = Effect.map(startBrokers(1), ([one]) => `nats://127.0.0.1:${one!.port}`)

/** What `palabre nodes` tells as soon as it tells this: on a busy machine some may not be heard in time, or not answer. */
const nodes = (isSo: (told: Finished) => boolean, ...args: ReadonlyArray<string>) =>
  Effect.repeat(
    Effect.promise(() => palabre(["nodes", ...args]).finished()),
    { until: isSo }
  )

const answers = ({ err }: Finished): boolean => !err.includes("no answer")
const isOneSilent = ({ err }: Finished): boolean => err.includes("1 of 2 nodes said nothing")
const whatever = () => true

/** Nobody is taken for dead, however slow the machine is. */
const patient = ["--lease", "1h", "--log-level", "error"]

/** The row of a node that was heard. */
const row = (name: string, clients: number) =>
  new RegExp(
    `^${name} +\\d{4}-[\\d-]+T[\\d:]+Z +now +${clients} +${manifest.version.replaceAll(".", "\\.")}$`
  )

describe.skipIf(!hasBrokers)("palabre serve --reuse-port", () => {
  it.live("has several servers listen on one port, and the clients in one chat wherever they land", () =>
    Effect.gen(function* () {
      const common = ["--store", yield* broker, ...patient]
      const shared = ["--reuse-port", ...common]
      const { port } = yield* Effect.promise(() => serving(...shared, "--locale", "fr"))
      const there = ["--host", "127.0.0.1", "--port", String(port)]
      const other = palabre(["serve", ...there, ...shared, "--locale", "en"])
      yield* Effect.promise(other.listening)
      const welcomes = new Set<string>()
      const clients = []
      while (welcomes.size < 2) {
        const client = yield* connectTo({ host: "127.0.0.1", port })
        const { message } = yield* client.ask({ type: "login", username: `client${clients.length}` })
        welcomes.add(String(message).replace(/client\d+/, "you"))
        clients.push(client)
      }
      const last = clients.at(-1)!
      const { users } = yield* last.ask({ type: "list" })
      assert.strictEqual((users as ReadonlyArray<string>).length, clients.length)
      yield* last.ask({ type: "message", content: "hello" })
      for (const client of clients.slice(0, -1))
        assert.include(yield* client.next, { type: "message", content: "hello" })
      const alone = yield* Effect.promise(() => palabre(["serve", ...there, ...common]).finished())
      assert.strictEqual(alone.code, 1)
      assert.match(alone.err, /something else is listening there/)
    })
  )
})

describe.skipIf(!hasBrokers)("palabre nodes", () => {
  it.live("tells who serves a chat, since when, for how many, and who falls silent", () =>
    Effect.gen(function* () {
      const school = [yield* broker, "--store-name", "school"]
      const before = Date.now()
      const common = ["--store", ...school, ...patient]
      const north = yield* Effect.promise(() => serving("--node", "north", ...common))
      const south = yield* Effect.promise(() => serving("--node", "south", ...common))
      for (const { port } of [north, south, south]) {
        const client = yield* connectTo({ host: "127.0.0.1", port })
        yield* client.login(`client${port}${Math.random()}`)
        yield* Effect.forkScoped(Effect.forever(client.ask({ type: "list" })))
      }
      const { out } = yield* nodes(({ code }) => code === 0, ...school)
      const [head, rules, titles, ...rows] = out.trimEnd().split("\n")
      assert.match(head!, /^school: 2 nodes, epoch \S+, \d+ entries$/)
      assert.match(rules!, /^history 200, \d+ bytes; rooms 1000, 20 per client; /)
      assert.match(titles!, /^NODE +SINCE +HEARD +CLIENTS +VERSION$/)
      assert.match(rows[0]!, row("north", 1))
      assert.match(rows[1]!, row("south", 2))
      assert.strictEqual(rows.length, 2)
      south.child.kill("SIGSTOP")
      const silent = yield* nodes(isOneSilent, ...school, "--json")
      south.child.kill("SIGKILL")
      assert.strictEqual(silent.code, 1)
      const told = JSON.parse(silent.out) as {
        readonly nodes: ReadonlyArray<{
          readonly node: string
          readonly isHeard: boolean
          readonly since: string
        }>
      }
      assert.deepStrictEqual(
        told.nodes.map(({ isHeard, node }) => `${node} ${isHeard}`),
        ["north true", "south false"]
      )
      for (const { since } of told.nodes) assert.isAtLeast(Date.parse(since), before)
    })
  )

  it.live("makes nothing where there is no chat, and says so; as it does where nobody answers", () =>
    Effect.gen(function* () {
      const store = yield* broker
      for (const _turn of ["first", "second"]) {
        const missing = yield* nodes(answers, store)
        assert.strictEqual(missing.code, 3)
        assert.match(missing.err, /keep no chat under this --store-name: palabre/)
      }
      const nobody = yield* nodes(whatever, "nats://user:secret@127.0.0.1:1")
      assert.strictEqual(nobody.code, 3)
      assert.match(nobody.err, /no answer from nats:\/\/…@127\.0\.0\.1:1 within 5 s/)
      const file = yield* nodes(whatever, "chat.db")
      assert.strictEqual(file.code, 2)
      assert.match(file.err, /"chat\.db": expected the brokers/)
    })
  )
})
