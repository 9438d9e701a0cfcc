import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type { HttpClientRequest } from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"

/** Time that a collector has to answer. */
const answerMillisMax = 5_000

/** Bytes of an answer that are read; the rest is left to the collector. */
const answerBytesMax = 64 * 1024

/** Bytes on their way to the collector at once, those that wait to be sent again included. */
const inFlightBytesMax = 4 * 1024 * 1024

/** Times that data is sent again, and the pause before each. */
const triesMax = 3
const retryMillis = 1_000

/**
 * An HTTP client for a collector that may be down, slow or hostile: it follows no redirect, reads little of the answers,
 * and holds little for later. Data that cannot be delivered is dropped and counted, with one warning, and whoever sent
 * it gets an answer all the same.
 */
export const collectorClient: Layer.Layer<HttpClient.HttpClient> = Layer.effect(
  HttpClient.HttpClient,
  Effect.gen(function* () {
    const context = yield* Effect.context<never>()
    const dropped = Metric.counter("palabre_otlp_dropped_bytes_total", {
      description: "Bytes for the collector that were dropped",
      incremental: true
    })
    dropped.valueUnsafe(context) // so that it is there before the first drop
    const state = { inFlightBytes: 0, droppedBytes: 0, isDown: false }

    const warnOnce = (reason: string) =>
      Effect.suspend(() => {
        if (state.isDown) return Effect.void
        state.isDown = true
        return Effect.logWarning(
          `The collector at --otlp-url is failing (${reason}). Data for it is dropped until it answers; the server carries on.`
        )
      })
    const drop = (bytes: number) => {
      state.droppedBytes += bytes
      dropped.updateUnsafe(bytes, context)
    }
    const answered = Effect.suspend(() => {
      if (!state.isDown) return Effect.void
      state.isDown = false
      return Effect.logInfo(
        `The collector answers again. Since the start, ${state.droppedBytes} bytes for it were dropped.`
      )
    })

    const once = HttpClient.transform(yield* HttpClient.HttpClient, (response, request) =>
      response.pipe(
        Effect.flatMap(HttpClientResponse.filterStatusOk),
        Effect.tap(readSome),
        Effect.timeoutOrElse({ duration: answerMillisMax, orElse: () => Effect.fail(noAnswer(request)) }),
        Effect.tapError((error) => warnOnce(reasonOf(error))),
        Effect.tap(answered)
      )
    )
    const persistent = HttpClient.retryTransient(once, {
      times: triesMax,
      schedule: Schedule.spaced(retryMillis)
    })
    return HttpClient.transform(persistent, (response, request) =>
      Effect.suspend(() => {
        const bytes = bytesOf(request)
        if (state.inFlightBytes + bytes > inFlightBytesMax) {
          drop(bytes)
          return Effect.as(warnOnce("it takes too long"), nothing(request))
        }
        state.inFlightBytes += bytes
        return response.pipe(
          Effect.catch(() => Effect.sync(() => drop(bytes))),
          Effect.as(nothing(request)),
          Effect.ensuring(
            Effect.sync(() => {
              state.inFlightBytes -= bytes
            })
          )
        )
      })
    )
  })
).pipe(
  Layer.provide(FetchHttpClient.layer),
  Layer.provide(Layer.succeed(FetchHttpClient.RequestInit, { redirect: "manual" }))
)

const bytesOf = ({ body }: HttpClientRequest): number =>
  body._tag === "Empty" ? 0 : (body.contentLength ?? 0)

/** Reads the beginning of an answer, which is all of any honest one, and lets go of the rest. */
const readSome = ({ stream }: HttpClientResponse.HttpClientResponse) =>
  Effect.suspend(() => {
    let bytes = 0
    return Stream.runForEachWhile(stream, (chunk) =>
      Effect.sync(() => {
        bytes += chunk.length
        return bytes <= answerBytesMax
      })
    )
  })

const nothing = (request: HttpClientRequest): HttpClientResponse.HttpClientResponse =>
  HttpClientResponse.fromWeb(request, new Response(null, { status: 204 }))

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
