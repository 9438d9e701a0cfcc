import { join } from "node:path"
import { once } from "node:events"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { serve } from "./support/program.ts"
import { temporaryFolder } from "./support/temporaryFolder.ts"
import { type Figures, monitored, samples } from "./support/monitored.ts"
import { dial } from "./support/dial.ts"

const total = (chunks: ReadonlyArray<Buffer>): number => chunks.reduce((sum, { length }) => sum + length, 0)

describe("/metrics", () => {
  it.effect("counts what clients did, to the message and the byte", () =>
    Effect.gen(function* () {
      const { connect, scrape, until } = yield* monitored()
      const clients = [yield* connect, yield* connect, yield* connect, yield* connect] as const
      const [alice, bob, carol, mute] = clients
      yield* alice.login("alice")
      yield* bob.login("bob")
      yield* carol.login("carol")
      yield* mute.ask({ type: "login", username: "alice" })
      yield* mute.ask({ type: "login", username: " " })
      yield* mute.ask({ type: "message", content: "x" })
      yield* bob.ask({ type: "login", username: "robert" })
      alice.send(...Array.from({ length: 10 }, (_, i) => ({ type: "message", content: `${i}` })))
      yield* Effect.all([alice.take(10), bob.take(10), carol.take(10)])
      assert.deepInclude(yield* scrape, {
        palabre_connections: 4,
        palabre_connections_accepted_total: 4,
        palabre_clients: 3,
        'palabre_logins_total{result="granted"}': 3,
        'palabre_logins_total{result="username_taken"}': 1,
        'palabre_logins_total{result="invalid_username"}': 1,
        'palabre_logins_total{result="already_logged_in"}': 1,
        'palabre_errors_total{code="not_logged_in"}': 1,
        'palabre_errors_total{code="username_taken"}': 1,
        palabre_messages_received_total: 10,
        palabre_messages_sent_total: 20,
        palabre_outbox_bytes: 0,
        palabre_slow_clients: 0,
        palabre_hub_items: 0
      })
      yield* carol.ask({ type: "logout" })
      yield* carol.ended
      mute.socket.resetAndDestroy()
      carol.socket.end()
      const figures = yield* until(({ palabre_connections }) => palabre_connections === 2)
      assert.deepInclude(figures, {
        palabre_clients: 2,
        palabre_connections_accepted_total: 4,
        'palabre_connections_ended_total{reason="logout"}': 1,
        'palabre_connections_ended_total{reason="left"}': 1,
        palabre_received_bytes_total: clients.reduce((sum, { socket }) => sum + socket.bytesWritten, 0),
        palabre_sent_bytes_total: clients.reduce((sum, { chunks }) => sum + total(chunks), 0)
      })
    }).pipe(Effect.scoped)
  )

  it.effect("the broadcast latency is a histogram with one observation for all that is taken together", () =>
    Effect.gen(function* () {
      const { connect, scrape } = yield* monitored()
      const [alice, bob] = [yield* connect, yield* connect]
      yield* alice.login("alice")
      yield* bob.login("bob")
      assert.strictEqual((yield* scrape)["palabre_broadcast_seconds_count"], 0)
      for (let i = 1; i <= 3; i++) {
        alice.send({ type: "message", content: "x" })
        yield* bob.next
        yield* alice.next
      }
      const figures = yield* scrape
      assert.strictEqual(figures["palabre_broadcast_seconds_count"], 3)
      assert.strictEqual(figures['palabre_broadcast_seconds_bucket{le="+Inf"}'], 3)
      assert.isAbove(figures["palabre_broadcast_seconds_sum"]!, 0)
      const buckets = Object.entries(figures).filter(([name]) =>
        name.startsWith("palabre_broadcast_seconds_b")
      )
      for (const [i, [, count]] of buckets.entries()) assert.isAtLeast(count, buckets[i - 1]?.[1] ?? 0)
    }).pipe(Effect.scoped)
  )

  it.live("a client that does not read shows while it is slow, and when it is ended for it", () =>
    Effect.gen(function* () {
      const outboxBytesMax = 1 << 22
      const { connect, scrape } = yield* monitored({ outboxBytesMax, lingerMillisMax: 1, stallMillis: 50 })
      const [stuck, sender] = [yield* connect, yield* connect]
      yield* stuck.login("stuck")
      yield* sender.login("sender")
      stuck.socket.pause()
      /** Sends until this is true of the figures. */
      const floodUntil = Effect.fnUntraced(function* (isSo: (figures: Figures) => boolean) {
        let figures = yield* scrape
        while (!isSo(figures)) {
          for (let i = 0; i < 10; i++) yield* sender.ask({ type: "message", content: "x".repeat(40_000) })
          figures = yield* scrape
        }
        return figures
      })
      const slow = yield* floodUntil((figures) => figures["palabre_slow_clients"] === 1)
      assert.isAbove(slow["palabre_outbox_bytes"]!, outboxBytesMax / 2)
      assert.isAtLeast(slow["palabre_outbox_highest_bytes"]!, slow["palabre_outbox_bytes"]!)
      const ended = yield* floodUntil((figures) => figures["palabre_connections"] === 1)
      assert.deepInclude(ended, {
        palabre_slow_clients: 0,
        palabre_outbox_bytes: 0,
        palabre_slow_warnings_total: 1,
        palabre_outbox_kept_bytes: 0,
        palabre_paused_clients: 0,
        'palabre_connections_ended_total{reason="slow_consumer"}': 1
      })
      assert.isAbove(slow["palabre_outbox_kept_bytes"]!, 0)
      assert.isAtLeast(ended["palabre_pauses_total"]!, 1)
    }).pipe(Effect.scoped)
  )

  it.effect(
    "a client with history that does not read shows while it catches up, and the gaps it is shown",
    () =>
      Effect.gen(function* () {
        const { connect, scrape, until } = yield* monitored({ historyMax: 10 })
        const [stuck, sender] = [yield* connect, yield* connect]
        yield* stuck.login("stuck", "history")
        yield* sender.login("sender")
        stuck.socket.pause()
        let figures = yield* scrape
        while (figures["palabre_catching_up_clients"] === 0) {
          for (let i = 0; i < 20; i++) yield* sender.ask({ type: "message", content: "x".repeat(40_000) })
          figures = yield* scrape
        }
        for (let i = 0; i < 20; i++) yield* sender.ask({ type: "message", content: "x".repeat(40_000) })
        assert.deepInclude(figures, { palabre_catching_up_clients: 1, palabre_slow_clients: 0 })
        stuck.socket.resume()
        const received = yield* stuck.before
        const gaps = received.filter(({ type }) => type === "gap").length
        assert.isAtLeast(gaps, 1)
        yield* until((later) => later["palabre_catching_up_clients"] === 0)
        assert.strictEqual((yield* scrape)["palabre_gaps_total"], gaps)
      }).pipe(Effect.scoped)
  )

  it.effect("newcomers without a seat are counted by the reason they were told", () =>
    Effect.gen(function* () {
      const { connect, scrape } = yield* monitored({ clientsMax: 1 })
      yield* (yield* connect).login("first")
      yield* (yield* connect).rest
      const figures = yield* scrape
      assert.deepInclude(figures, {
        palabre_connections: 1,
        palabre_connections_max: 1,
        'palabre_connections_refused_total{code="server_full"}': 1,
        'palabre_errors_total{code="server_full"}': 1
      })
      assert.notProperty(figures, 'palabre_connections_ended_total{reason="server_full"}')
    }).pipe(Effect.scoped)
  )

  it.effect("two servers in one process count each for itself", () =>
    Effect.gen(function* () {
      const [one, two] = [yield* monitored(), yield* monitored()]
      yield* (yield* one.connect).login("alice")
      assert.strictEqual((yield* one.scrape)["palabre_clients"], 1)
      assert.strictEqual((yield* two.scrape)["palabre_clients"], 0)
      assert.strictEqual((yield* two.scrape)['palabre_logins_total{result="granted"}'], 0)
    }).pipe(Effect.scoped)
  )

  it.effect("is Prometheus text: each family told once, by a name that says its unit and kind", () =>
    Effect.gen(function* () {
      const { get } = yield* monitored()
      const response = yield* get("/metrics")
      assert.match(response.headers.get("content-type")!, /^text\/plain; version=0\.0\.4/)
      const lines = (yield* Effect.promise(() => response.text())).trimEnd().split("\n")
      const types = lines.filter((line) => line.startsWith("# TYPE "))
      const families = types.map((line) => line.split(" ").slice(2) as [name: string, type: string])
      assert.strictEqual(lines.filter((line) => line.startsWith("# HELP ")).length, families.length)
      const bases = families.map(([name]) => name.replace(/_total$/, ""))
      assert.strictEqual(new Set(bases).size, bases.length, "a name with and without _total is one name")
      for (const [name, type] of families) {
        assert.match(name, /^(palabre|process|nodejs)_[a-z0-9_]+$/)
        assert.strictEqual(name.endsWith("_total"), type === "counter", name)
        assert.notMatch(name, /_(millis|ms|kb|mb)(_|$)/, "seconds and bytes only")
      }
      for (const line of lines.filter((line) => !line.startsWith("#")))
        assert.match(line, /^[a-z0-9_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? [0-9.e+-]+$/)
      const figures = samples(lines.join("\n"))
      for (const name of ["process_resident_memory_bytes", "process_cpu_seconds_total", "process_max_fds"])
        assert.isAbove(figures[name]!, 0, name)
      for (const quantile of ["p50", "p99", "max"])
        assert.isAtLeast(figures[`nodejs_eventloop_lag_${quantile}_seconds`]!, 0)
    }).pipe(Effect.scoped)
  )
})

describe("/healthz and /readyz", () => {
  it.effect(
    "readiness has fallen when the first client is told goodbye; health and metrics last until the end",
    () =>
      Effect.gen(function* () {
        const { connect, end, get, scrape } = yield* monitored({ lingerMillisMax: 2 ** 31 - 1 })
        const client = yield* connect
        yield* client.login("alice")
        assert.strictEqual((yield* get("/readyz")).status, 200)
        assert.strictEqual((yield* get("/healthz")).status, 200)
        const ending = yield* Effect.forkChild(end)
        assert.strictEqual((yield* client.next).code, "shutting_down")
        assert.strictEqual((yield* get("/readyz")).status, 503)
        assert.strictEqual((yield* get("/healthz")).status, 200)
        assert.strictEqual((yield* scrape)["palabre_connections"], 1)
        client.socket.end()
        yield* Fiber.join(ending)
        assert.isTrue(Exit.isFailure(yield* Effect.exit(get("/healthz"))))
      }).pipe(Effect.scoped)
  )

  it.effect("who asks for half a page does not hold up the end of the server", () =>
    Effect.gen(function* () {
      const { end, get, url } = yield* monitored()
      const socket = dial(Number(url.port))
      const closed = once(socket, "close")
      socket.write("GET /metrics HTTP/1.1\r\nHost: half")
      assert.strictEqual((yield* get("/healthz")).status, 200)
      yield* end
      yield* Effect.promise(() => closed)
    }).pipe(Effect.scoped)
  )

  it.effect("unfinished requests lock nobody out: the oldest one makes room", () =>
    Effect.gen(function* () {
      const { get, url } = yield* monitored()
      const unfinished = yield* Effect.promise(() =>
        Promise.all(
          Array.from({ length: 100 }, async () => {
            const socket = dial(Number(url.port))
            const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()))
            socket.resume()
            socket.write("GET /healthz HTTP/1.1\r\nHost: half\r\n")
            await once(socket, "connect")
            return { socket, closed }
          })
        )
      )
      yield* Effect.addFinalizer(() =>
        Effect.sync(() => unfinished.forEach(({ socket }) => socket.destroy()))
      )
      for (let times = 0; times < 5; times++) assert.strictEqual((yield* get("/healthz")).status, 200)
      yield* Effect.promise(() => unfinished[0]!.closed)
      assert.isFalse(unfinished[99]!.socket.destroyed)
    }).pipe(Effect.scoped)
  )

  it.effect("answers this machine alone unless told otherwise, and knows no other page", () =>
    Effect.gen(function* () {
      const { get, url } = yield* monitored()
      assert.strictEqual(url.hostname, "127.0.0.1")
      assert.strictEqual((yield* get("/")).status, 404)
      const other = dial({ port: Number(url.port), host: "127.0.0.2" })
      const [error] = yield* Effect.promise(() => once(other, "error"))
      assert.strictEqual(error.code, "ECONNREFUSED")
    }).pipe(Effect.scoped)
  )

  it.effect("a port in use is one clear line that names the flag, and exit code 1", () =>
    Effect.gen(function* () {
      const { url } = yield* monitored()
      const { code, err, out } = yield* Effect.promise(() => serve(["--metrics-port", url.port]).finished())
      assert.strictEqual(code, 1)
      assert.match(
        err,
        new RegExp(`^palabre: Cannot listen on 127\\.0\\.0\\.1:${url.port}: .*--metrics-port.*\n$`)
      )
      assert.strictEqual(out, "")
    }).pipe(Effect.scoped)
  )
})

describe("The file of --store", () => {
  it.live("is measured, and a server that cannot write it is not ready until it can", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const store = join(temporaryFolder(), "chat.db")
        const { connect, get, until } = yield* monitored({ store, storeBytesMax: 1024 * 1024 })
        const figures = yield* until(() => true)
        assert.isAbove(figures.palabre_store_bytes!, 10_000)
        assert.isAbove(figures.palabre_store_entries_total!, 0)
        assert.deepInclude(figures, {
          palabre_store_up: 1,
          palabre_store_failures_total: 0,
          palabre_store_behind_seconds: 0
        })
        assert.notProperty(figures, "palabre_nodes")
        assert.strictEqual((yield* get("/readyz")).status, 200)
        const client = yield* connect
        yield* client.login("alice")
        const told = yield* until(({ palabre_store_apply_seconds_count: count }) => count! > 0)
        for (const what of ["append", "read_back", "apply"]) {
          assert.strictEqual(told[`palabre_store_${what}_seconds_count`], 1, "the entry of the login")
          assert.isAbove(told[`palabre_store_${what}_seconds_sum`]!, 0)
        }
        const message = { type: "message", content: "x".repeat(50_000) }
        while ((yield* client.ask(message)).status === "success") continue
        assert.isAbove(
          (yield* until(({ palabre_store_up: up }) => up === 0)).palabre_store_failures_total!,
          0
        )
        assert.strictEqual((yield* get("/readyz")).status, 503)
        // nobody says anything, and the file is tried all the same
        yield* until(({ palabre_store_up: up }) => up === 1)
        assert.strictEqual((yield* get("/readyz")).status, 200)
      })
    )
  )
})
