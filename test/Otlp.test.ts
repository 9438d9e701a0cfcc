import { once } from "node:events"
import { createServer, type Server as HttpServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { json } from "node:stream/consumers"
import { gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import type * as Scope from "effect/Scope"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import type { Server } from "../src/Server.ts"
import { collectorClient } from "../src/telemetry/Collector.ts"
import { keptLines, type LogLine } from "./support/logLines.ts"
import { server } from "./support/server.ts"
import { connect } from "./support/TestClient.ts"

/** One request as a collector got it. */
interface Export {
  readonly path: string
  readonly body: any
}

type Answer = (response: ServerResponse) => void

const answerWith =
  (status: number, headers = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end("{}")

const never: Answer = () => {}

/** An OpenTelemetry collector that keeps what it gets, and answers in this way. */
const collector = Effect.fnUntraced(function* (answer: Answer) {
  const exports: Array<Export> = []
  const http = createServer(async (request, response) => {
    exports.push({ path: request.url!, body: await json(request) })
    answer(response)
  })
  const url = yield* Effect.acquireRelease(
    Effect.promise(async () => {
      await once(http.listen(0, "127.0.0.1"), "listening")
      return urlOf(http)
    }),
    () => Effect.sync(() => http.close().closeAllConnections())
  )
  return { exports, url }
})

const urlOf = (http: HttpServer): string => `http://127.0.0.1:${(http.address() as AddressInfo).port}`

/** An address that nobody listens on. */
const nowhere = Effect.promise(async () => {
  const http = createServer().listen(0, "127.0.0.1")
  await once(http, "listening")
  const url = urlOf(http)
  await once(http.close(), "close")
  return url
})

/** Runs the visit to a server that exports to the URL, until that has ended, and gives what it logged itself. */
const exporting = (
  otlpUrl: string,
  visit: Effect.Effect<void, never, Scope.Scope | Server>
): Effect.Effect<ReadonlyArray<LogLine>> => {
  const { layer, lines } = keptLines()
  return Effect.scoped(visit).pipe(
    Effect.provide(server({ otlpUrl, logLevel: "info" }).pipe(Layer.provide(layer))),
    Effect.orDie,
    Effect.as(lines)
  )
}

const visit = Effect.gen(function* () {
  const alice = yield* connect
  yield* alice.login("alice")
  yield* alice.ask({ type: "message", content: SECRET })
  yield* alice.ask({ type: "logout" })
  yield* alice.ended
  alice.socket.end()
})

const SECRET = "what nobody else may read"

/** OTLP's attributes as an object. */
const facts = (attributes: ReadonlyArray<{ readonly key: string; readonly value: object }>) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

describe("--otlp-url", () => {
  it.live(
    "a collector gets logs, metrics and a trace of each connection, to the last, and never what is said",
    () =>
      Effect.gen(function* () {
        const { exports, url } = yield* collector(answerWith(200))
        const lines = yield* exporting(url, visit)
        assert.deepStrictEqual(
          lines.map(({ text }) => text),
          ["logged in", "ended"],
          "the log itself goes on"
        )
        assert.notInclude(JSON.stringify(exports), SECRET)
        const of = (path: string) => exports.filter((each) => each.path === path).map(({ body }) => body)

        const resource = facts(of("/v1/logs")[0].resourceLogs[0].resource.attributes)
        assert.strictEqual(resource["service.name"], "palabre")

        const records = of("/v1/logs").flatMap((body) => body.resourceLogs[0].scopeLogs[0].logRecords)
        assert.deepStrictEqual(
          records.map(({ body }) => body.stringValue),
          ["logged in", "ended"]
        )
        assert.include(facts(records[0].attributes), { connection: 1, username: "alice" })

        const spans = of("/v1/traces").flatMap((body) => body.resourceSpans[0].scopeSpans[0].spans)
        const span = spans.find(({ name }) => name === "connection")
        assert.include(facts(span.attributes), { connection: 1, reason: "logout" })
        assert.strictEqual(records[0].traceId, span.traceId, "the line belongs to the connection's trace")
        assert.isDefined(spans.find(({ name }) => name === "drain"))

        const figures = of("/v1/metrics").at(-1).resourceMetrics[0].scopeMetrics[0].metrics
        const figure = (name: string) => figures.find((each: { readonly name: string }) => each.name === name)
        assert.strictEqual(figure("palabre_messages_received_total").sum.dataPoints[0].asDouble, 1)
        assert.strictEqual(figure("palabre_connections").gauge.dataPoints[0].asDouble, 0)
        assert.strictEqual(figure("palabre_broadcast_seconds").histogram.dataPoints[0].count, 1)
      }).pipe(Effect.scoped)
  )

  it.live("a collector that is down costs a warning: the server serves, and ends in order", () =>
    Effect.gen(function* () {
      const lines = yield* exporting(yield* nowhere, visit)
      const [warning, ...more] = lines.filter(({ level }) => level === "Warn")
      assert.match(
        warning!.text,
        /^The collector at --otlp-url is failing \(.*ECONNREFUSED\)\. Data for it is dropped until it answers; the server carries on\.$/
      )
      assert.deepStrictEqual(more, [])
    })
  )

  it.live("one that never answers does not hold up the end", () =>
    Effect.gen(function* () {
      const { exports, url } = yield* collector(never)
      yield* exporting(url, visit)
      assert.isNotEmpty(exports)
    }).pipe(Effect.scoped)
  )

  it.live("one that takes nothing costs a warning too", () =>
    Effect.gen(function* () {
      const { exports, url } = yield* collector(answerWith(403))
      const lines = yield* exporting(url, visit)
      assert.isNotEmpty(exports)
      const warnings = lines.filter(({ level }) => level === "Warn")
      assert.strictEqual(warnings.length, 1)
      assert.match(warnings[0]!.text, /403/)
    }).pipe(Effect.scoped)
  )

  it.live("one that redirects does not get the data sent elsewhere", () =>
    Effect.gen(function* () {
      const elsewhere = yield* collector(answerWith(200))
      const { exports, url } = yield* collector(answerWith(307, { location: `${elsewhere.url}/stolen` }))
      const lines = yield* exporting(url, visit)
      assert.isNotEmpty(exports)
      assert.isEmpty(elsewhere.exports)
      assert.match(lines.find(({ level }) => level === "Warn")!.text, /307/)
    }).pipe(Effect.scoped)
  )

  for (const [kind, headers, chunk] of [
    ["an answer without end", {}, Buffer.alloc(65_536, " ")],
    ["an answer that unpacks without end", { "content-encoding": "gzip" }, gzipSync(Buffer.alloc(1 << 24))]
  ] as const)
    it.live(`one that gives ${kind} is not listened to`, () =>
      Effect.gen(function* () {
        const hungUp = Promise.withResolvers<void>()
        const { url } = yield* collector((response) => {
          const write = () => {
            while (!response.destroyed && response.write(chunk));
          }
          response.writeHead(200, headers).on("drain", write).on("close", hungUp.resolve)
          write()
        })
        const lines = yield* exporting(
          url,
          Effect.andThen(
            visit,
            Effect.promise(() => hungUp.promise)
          )
        )
        assert.isUndefined(
          lines.find(({ level }) => level === "Warn"),
          "it was not for lack of time"
        )
      }).pipe(Effect.scoped)
    )

  it.live("what waits for one is bounded; the rest is dropped and counted", () =>
    Effect.gen(function* () {
      const waiting: Array<ServerResponse> = []
      const { exports, url } = yield* collector((response) => void waiting.push(response))
      const client = yield* HttpClient.HttpClient
      const MiB = 1 << 20
      const body = HttpBody.text(JSON.stringify("x".repeat(MiB - 2)))
      const send = Effect.asVoid(client.post(url, { body }))
      const sent = yield* Effect.forkChild(Effect.all([send, send, send, send], { concurrency: 4 }))
      yield* Effect.repeat(Effect.yieldNow, { until: () => waiting.length === 4 })
      yield* send
      const { state } = (yield* Metric.snapshot).find(({ id }) => id === "palabre_otlp_dropped_bytes_total")!
      assert.deepInclude(state, { count: MiB })
      for (const response of waiting.splice(0)) response.end()
      yield* Fiber.join(sent)
      const last = yield* Effect.forkChild(send)
      yield* Effect.repeat(Effect.yieldNow, { until: () => waiting.length === 1 })
      assert.strictEqual(exports.length, 5)
      waiting[0]!.end()
      yield* Fiber.join(last)
    }).pipe(
      Effect.scoped,
      Effect.provide(collectorClient),
      Effect.provideService(Metric.MetricRegistry, new Map())
    )
  )
})
