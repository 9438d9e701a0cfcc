import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as HttpMiddleware from "effect/http/HttpMiddleware"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import { httpOptions, makeRoom } from "../net/HttpSockets.ts"
import { ListenFailed } from "../net/Listener.ts"
import { Settings } from "../settings/Settings.ts"
import { Counters } from "./Counters.ts"

/** Connections to the monitor at once. */
const connectionsMax = 32

/**
 * Reports on the server over HTTP: `/metrics` for Prometheus, `/healthz` as long as the process answers, `/readyz` from
 * when the server listens until it begins to drain, except while its log cannot be written. It answers before the server
 * begins, however long that waits for its log, and until the drain is over.
 */
export const monitor = (port: number): Layer.Layer<never, ListenFailed, Counters | Settings> =>
  Layer.unwrap(
    Effect.gen(function* () {
      const { metricsHost: host } = yield* Settings
      const counters = yield* Counters
      const routes = Layer.mergeAll(
        PrometheusMetrics.layerHttp(),
        HttpRouter.add("GET", "/healthz", Effect.succeed(HttpServerResponse.text("ok\n"))),
        HttpRouter.add(
          "GET",
          "/readyz",
          Effect.sync(() =>
            counters.isReady()
              ? HttpServerResponse.text("ready\n")
              : HttpServerResponse.text("not ready\n", { status: 503 })
          )
        )
      )
      return HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true }).pipe(
        Layer.provide(Layer.succeed(HttpMiddleware.TracerDisabledWhen, () => true)),
        Layer.provideMerge(Layer.effectDiscard(announce)),
        Layer.provide(httpServer(host, port))
      )
    })
  )

/** An HTTP server that slow clients cannot keep from ending. */
const httpServer = (host: string, port: number) =>
  Layer.effect(
    HttpServer.HttpServer,
    Effect.gen(function* () {
      // an import would also load all that Node's HTTP client needs, and in a bundle for everyone
      const { createServer } = process.getBuiltinModule("node:http")
      const server = createServer(httpOptions)
      makeRoom(server, connectionsMax)
      const options = { host, port, disablePreemptiveShutdown: true }
      const listening = yield* Effect.mapError(
        NodeHttpServer.make(() => server, options),
        ({ cause }) => {
          const code = (cause as NodeJS.ErrnoException).code ?? String(cause)
          return new ListenFailed({ host, port, code, flagPrefix: "metrics-" })
        }
      )
      yield* Effect.addFinalizer(() =>
        Effect.sync(() => {
          server.close()
          server.closeAllConnections()
        })
      )
      return listening
    })
  )

const announce = HttpServer.addressFormattedWith((url) => Effect.logInfo(`metrics are on ${url}/metrics`))
