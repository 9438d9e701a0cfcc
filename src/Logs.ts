import { styleText } from "node:util"
import * as Cause from "effect/Cause"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import type { Values } from "./Settings.ts"

/** Logs go to standard error, one line each. */
export const logger = (format: Values["logFormat"]): Layer.Layer<never> =>
  Logger.layer([Logger.withConsoleError(formats[format])])

/** Nothing below the level is logged. */
export const minimumLogLevel = (level: Values["logLevel"]): Layer.Layer<never> =>
  Layer.succeed(References.MinimumLogLevel, levels[level])

const levels = { debug: "Debug", info: "Info", warn: "Warn", error: "Error" } as const

/** For people: when, how severe, what, and the facts; a bug's trace follows on lines of its own. */
const pretty = Logger.make<unknown, string>(({ cause, date, fiber, logLevel, message }) => {
  const facts = Object.entries(fiber.getRef(References.CurrentLogAnnotations)).map(
    ([name, value]) => `${name}=${quoted(value)}`
  )
  const level = styleText(styles[logLevel] ?? "reset", logLevel.toUpperCase().padEnd(5), {
    stream: process.stderr
  })
  const line = [date.toISOString(), level, [message].flat().join(" "), ...facts].join(" ")
  return cause.reasons.length === 0 ? line : `${line}\n${Cause.pretty(cause)}`
})

const styles: Readonly<Record<string, "red" | "yellow" | "gray">> = {
  Fatal: "red",
  Error: "red",
  Warn: "yellow",
  Debug: "gray"
}

/** A value as one word: quoted where it would not be one. */
const quoted = (value: unknown): string => {
  const text = String(value)
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text)
}

const formats = { json: Logger.formatJson, pretty }
