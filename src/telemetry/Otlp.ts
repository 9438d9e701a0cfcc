import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type { HttpClientRequest } from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Otlp from "effect/observability/Otlp"
import type { Flusher } from "effect/observability/OtlpExporter"
import manifest from "../../package.json" with { type: "json" }

/** Time that a collector has to answer. */
const answerMillisMax = 5_000

/** Time that each of logs, metrics and traces has to be sent at the end. */
const flushMillisMax = 1_000

/**
 * Sends logs, metrics and traces to an OpenTelemetry collector. While that is down or slow, they are dropped: the
 * server carries on, and warns once.
 */
export const otlp = (url: string): Layer.Layer<Flusher> =>
  Otlp.layerJson({
    baseUrl: url,
    resource: { serviceName: manifest.name, serviceVersion: manifest.version },
    shutdownTimeout: flushMillisMax
  }).pipe(Layer.provide(bounded))

/** A client that gives up in time, and warns once when the collector goes away. */
const bounded = Layer.effect(
  HttpClient.HttpClient,
  Effect.gen(function* () {
    const client = yield* HttpClient.HttpClient
    let isDown = false
    const warnOnce = (error: HttpClientError.HttpClientError) =>
      Effect.suspend(() => {
        if (isDown) return Effect.void
        isDown = true
        return Effect.logWarning(
          `The collector at --otlp-url is failing (${reasonOf(error)}). Data for it is dropped until it answers; the server carries on.`
        )
      })
    return HttpClient.transform(client, (response, request) =>
      response.pipe(
        Effect.flatMap(HttpClientResponse.filterStatusOk),
        Effect.tap(({ arrayBuffer }) => arrayBuffer),
        Effect.timeoutOrElse({ duration: answerMillisMax, orElse: () => Effect.fail(noAnswer(request)) }),
        Effect.tapError(warnOnce),
        Effect.tap(
          Effect.sync(() => {
            isDown = false
          })
        )
      )
    )
  })
).pipe(Layer.provide(FetchHttpClient.layer))

const noAnswer = (request: HttpClientRequest): HttpClientError.HttpClientError =>
  new HttpClientError.HttpClientError({
    reason: new HttpClientError.TransportError({
      request,
      description: `no answer within ${answerMillisMax} ms`
    })
  })

/** The error message, with the system's code if `fetch` hides one. */
const reasonOf = ({ cause, message }: HttpClientError.HttpClientError): string => {
  const { code } = ((cause as Error | undefined)?.cause ?? {}) as NodeJS.ErrnoException
  return code === undefined ? message : `${message}: ${code}`
}
