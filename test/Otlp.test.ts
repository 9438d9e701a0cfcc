import { once } from "node:events"
import { createServer, type Server as HttpServer } from "node:http"
import type { AddressInfo } from "node:net"
import { json } from "node:stream/consumers"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Server } from "../src/index.ts"
import { keptLines, type LogLine } from "./support/logLines.ts"
import { server } from "./support/server.ts"
import { connect } from "./support/TestClient.ts"

/** One request as a collector got it. */
interface Export {
  readonly path: string
  readonly body: any
}

/** An OpenTelemetry collector that keeps what it gets, and answers with the status or never. */
const collector = Effect.fnUntraced(function* (status: number | undefined) {
  const exports: Array<Export> = []
  const http = createServer(async (request, response) => {
    exports.push({ path: request.url!, body: await json(request) })
    if (status !== undefined) response.writeHead(status).end("{}")
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
        const { exports, url } = yield* collector(200)
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
      const { exports, url } = yield* collector(undefined)
      yield* exporting(url, visit)
      assert.isNotEmpty(exports)
    }).pipe(Effect.scoped)
  )

  it.live("one that takes nothing costs a warning too", () =>
    Effect.gen(function* () {
      const { exports, url } = yield* collector(403)
      const lines = yield* exporting(url, visit)
      assert.isNotEmpty(exports)
      const warnings = lines.filter(({ level }) => level === "Warn")
      assert.strictEqual(warnings.length, 1)
      assert.match(warnings[0]!.text, /403/)
    }).pipe(Effect.scoped)
  )
})
