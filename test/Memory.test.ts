import { existsSync, readFileSync } from "node:fs"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { defaults, table, type Values } from "../src/settings/Settings.ts"
import { KiB, memoryBytesMax, MiB } from "./support/memory.ts"
import { serving } from "./support/program.ts"
import { connectTo, type TestClient } from "./support/TestClient.ts"

const limits = {
  clientsMax: 170,
  frameBytesMax: 64 * KiB,
  outboxBytesMax: 4 * MiB,
  outboxesBytesMax: 4 * MiB,
  historyBytesMax: MiB
} as const

const flagsOf = (values: Partial<Values>): ReadonlyArray<string> =>
  Object.entries(values).flatMap(([name, value]) => [`--${table[name as keyof Values].flag}`, String(value)])

const bytesMax = (limits: Partial<Values>): number => memoryBytesMax({ ...defaults(), ...limits })

/** The figures that are read here, in bytes or as counts. */
const figures = (port: number) =>
  Effect.map(
    Effect.promise(async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()),
    (text) => (name: string) => Number(new RegExp(`^${RegExp.escape(name)} (\\S+)$`, "m").exec(text)?.[1])
  )

const peakBytes = (pid: number): number =>
  Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) * KiB

const hasProc = existsSync("/proc/self/status")
if (!hasProc) console.warn("SKIPPED: there is no /proc, so the memory of a server was not looked at")

/** A server of a process of its own with these limits. */
const serverWith = Effect.fnUntraced(function* (limits: Partial<Values>, ...more: ReadonlyArray<string>) {
  const program = yield* Effect.promise(() =>
    serving(...flagsOf(limits), "--metrics-port", "0", "--linger", "10ms", ...more)
  )
  const address = { host: "127.0.0.1", port: program.port }
  const said = yield* Effect.promise(() => program.says(/http:\/\/[\d.]+:(\d+)\/metrics/))
  return {
    connect: connectTo(address),
    login: (name: string) => Effect.flatMap(connectTo(address), (client) => client.login(name)),
    figures: figures(Number((said as RegExpExecArray)[1])),
    peakBytes: () => peakBytes(program.child.pid!)
  }
})

it.live.skipIf(!hasProc)(
  "memory stays below what the settings allow, whatever is unfinished, unread and said",
  () =>
    Effect.gen(function* () {
      const server = yield* serverWith(limits, "--stall", "100ms")
      const unfinished = yield* Effect.forEach(names("unfinished", 60), () => server.connect)
      for (const client of unfinished) client.send(`{"type":"message","content":"${"x".repeat(63 * KiB)}`)
      const deaf = yield* Effect.forEach(names("deaf", 100), (name) => server.login(name))
      for (const client of deaf) client.socket.pause()
      const speaker = yield* server.login("speaker")
      const say = (content: string) => acked(speaker, content)
      for (let i = 0; i < 80; i++) yield* say("x".repeat(60_000)) // more than the system keeps for those
      for (const client of deaf) client.send('{"type":"ping","id":1}'.repeat(10_000))
      let keptBytes = 0
      for (let i = 0; i < 2_500; i++) {
        yield* say("short")
        if (i % 100 === 0)
          keptBytes = Math.max(keptBytes, (yield* server.figures)("palabre_outbox_kept_bytes"))
      }
      const read = yield* server.figures
      assert.isAbove(read('palabre_connections_ended_total{reason="slow_consumer"}'), 0)
      assert.isAtMost(keptBytes, limits.outboxesBytesMax)
      assert.isAtMost(server.peakBytes(), bytesMax(limits))
    }).pipe(Effect.scoped)
)

it.live.skipIf(!hasProc)(
  "memory stays below what the settings allow, however much is said while readers show nothing",
  () =>
    Effect.gen(function* () {
      const own = { ...limits, outboxBytesMax: MiB, readerReserveBytes: 32 * MiB }
      const server = yield* serverWith(own, "--stall", "100ms")
      for (const client of yield* Effect.forEach(names("deaf", 20), (name) => server.login(name)))
        client.socket.pause()
      const speaker = yield* server.login("speaker")
      for (let i = 0; i < 750; i++) yield* acked(speaker, "x".repeat(60_000))
      const read = yield* server.figures
      assert.isAbove(read("palabre_outbox_highest_bytes"), own.readerReserveBytes / 2)
      assert.isAtMost(read("palabre_outbox_highest_bytes"), own.outboxBytesMax + own.readerReserveBytes)
      assert.strictEqual(read('palabre_connections_ended_total{reason="slow_consumer"}'), 20)
      assert.isAtMost(server.peakBytes(), bytesMax(own))
    }).pipe(Effect.scoped)
)

const keeping = {
  clientsMax: 80,
  outboxesBytesMax: 4 * MiB,
  historyBytesMax: 4 * MiB,
  roomsMax: 100,
  sessionsMax: 40
} as const

it.live.skipIf(!hasProc)(
  "memory stays below what the settings allow, whatever is kept for those who come back",
  () =>
    Effect.gen(function* () {
      const server = yield* serverWith(keeping)
      const enter = (name: string) =>
        Effect.flatMap(server.connect, (client) => client.login(name, "rooms", "direct", "history"))
      const clients = yield* Effect.forEach(names("member", 20), enter)
      const [speaker] = clients
      for (const [c, client] of clients.entries()) {
        for (let r = 0; r < 20; r++)
          yield* client.ask({ type: "join", room: longest(`${(c * 5 + r) % 110}`) })
        for (let i = 0; i < 100; i++)
          yield* ackOf(client, {
            room: longest(`${(c * 5) % 110}`),
            content: "x",
            cid: longest(`${i}`).repeat(2)
          })
      }
      for (let i = 0; i < 2_000; i++)
        yield* ackOf(speaker!, { room: longest(`${i % 20}`), content: "x".repeat(60_000) })
      for (let i = 0; i < 60; i++) {
        const name = longest(`gone ${i}`)
        const gone = yield* enter(name)
        gone.socket.resetAndDestroy()
        for (let k = 0; k < 10; k++) yield* ackOf(speaker!, { to: name, content: "x".repeat(60_000) })
      }
      const read = yield* server.figures
      assert.strictEqual(read("palabre_absent_sessions"), keeping.sessionsMax)
      assert.strictEqual(read("palabre_rooms"), keeping.roomsMax)
      assert.isAtMost(read("palabre_history_bytes"), keeping.historyBytesMax)
      assert.isAbove(read("palabre_history_bytes"), keeping.historyBytesMax / 2)
      assert.isAtMost(server.peakBytes(), bytesMax(keeping))
    }).pipe(Effect.scoped)
)

it.live.skipIf(!hasProc)(
  "memory stays below what the settings allow while everybody else waits for one reader, however much they send",
  () =>
    Effect.gen(function* () {
      const own = { ...limits, clientsMax: 202, outboxBytesMax: MiB }
      const server = yield* serverWith(own, "--stall", "10m")
      const reader = yield* server.login("reader")
      reader.socket.pause()
      const speakers = yield* Effect.forEach(names("speaker", 200), (name) => server.login(name))
      const message = Buffer.from(JSON.stringify({ type: "message", content: "x".repeat(63 * KiB) }) + "\n")
      for (const { socket } of speakers) {
        socket.removeAllListeners("data").resume() // what they hear is not looked at
        for (let i = 0; i < 100; i++) socket.write(message) // 1.3 GB together
      }
      let paused = 0
      while (paused < speakers.length) paused = (yield* server.figures)("palabre_paused_clients")
      assert.isAtMost(server.peakBytes(), bytesMax(own))
    }).pipe(Effect.scoped)
)

/** The longest name that ends so, in memory and on the wire. */
const longest = (end: string): string => "\u{1f4a5}".repeat(32 - end.length) + end

/** Sends a message, and gives its ack, whatever comes before that. */
const ackOf = (client: TestClient, message: object) => {
  client.send({ type: "message", ...message })
  return client.takeUntil(({ status }) => status !== undefined)
}

const names = (prefix: string, count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, i) => `${prefix} ${i}`)

const acked = (client: TestClient, content: string) => client.ask({ type: "message", content })
