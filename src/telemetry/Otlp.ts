import * as Layer from "effect/Layer"
import * as Otlp from "effect/observability/Otlp"
import type { Flusher } from "effect/observability/OtlpExporter"
import manifest from "../../package.json" with { type: "json" }
import { collectorClient } from "./Collector.ts"

/** Time that each of logs, metrics and traces has to be sent at the end. */
const flushMillisMax = 1_000

/** Sends logs, metrics and traces to an OpenTelemetry collector. While that is down or slow, they are dropped. */
export const otlp = (url: string): Layer.Layer<Flusher> =>
  Otlp.layerJson({
    baseUrl: url,
    resource: { serviceName: manifest.name, serviceVersion: manifest.version },
    shutdownTimeout: flushMillisMax
  }).pipe(Layer.provide(collectorClient))
