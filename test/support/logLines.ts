import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"

/** A log line as data: its level, its text and its facts. */
export interface LogLine {
  readonly level: string
  readonly text: string
  readonly facts: Readonly<Record<string, unknown>>
}

/** A logger that keeps its lines. */
export const keptLines = (): { readonly lines: Array<LogLine>; readonly layer: Layer.Layer<never> } => {
  const lines: Array<LogLine> = []
  const logger = Logger.make<unknown, void>(({ fiber, logLevel, message }) => {
    const facts = fiber.getRef(References.CurrentLogAnnotations)
    lines.push({ level: logLevel, text: [message].flat().join(" "), facts })
  })
  return { lines, layer: Logger.layer([logger]) }
}
