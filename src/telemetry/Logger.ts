import { styleText } from "node:util"
import * as Formatter from "effect/Formatter"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import type { Values } from "../settings/Settings.ts"

/** The most bytes that may wait for the reader of the log; further lines are dropped, and counted. */
const waitingBytesMax = 1 << 20

/** Logs to standard error, one line per entry. */
export const logger = (format: Values["logFormat"]): Layer.Layer<never> => {
  const render = formats[format]
  const { stderr } = process
  let lost = 0
  const write = (entry: Entry): void => {
    if (stderr.writableLength > waitingBytesMax) {
      lost++
      return
    }
    if (lost > 0) {
      const message = `dropped ${lost} log lines: the log was not read in time`
      stderr.write(`${render({ ...entry, level: "WARN", message, cause: undefined, annotations: {} })}\n`)
      lost = 0
    }
    stderr.write(`${render(entry)}\n`)
  }
  return Logger.layer([Logger.map(Logger.formatStructured, write)])
}

/** Logs nothing below the level. */
export const minimumLogLevel = (level: Values["logLevel"]): Layer.Layer<never> =>
  Layer.succeed(References.MinimumLogLevel, levels[level])

const levels = { debug: "Debug", info: "Info", warn: "Warn", error: "Error" } as const

type Entry = ReturnType<typeof Logger.formatStructured.log>

/** For people: time, level, message and facts; the trace of a bug follows on lines of its own. */
const pretty = ({ annotations, cause, level, message, timestamp }: Entry): string => {
  const facts = Object.entries(annotations).map(([name, value]) => `${name}=${quoted(value)}`)
  const severity = styleText(styles[level] ?? "reset", level.padEnd(5), { stream: process.stderr })
  const line = [timestamp, severity, [message].flat().join(" "), ...facts].join(" ")
  return cause === undefined ? line : `${line}\n${cause}`
}

const styles: Readonly<Record<string, "red" | "yellow" | "gray">> = {
  FATAL: "red",
  ERROR: "red",
  WARN: "yellow",
  DEBUG: "gray"
}

/** A value as one word, quoted if need be. */
const quoted = (value: unknown): string => {
  const text = String(value)
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text)
}

const formats = { json: (entry: Entry): string => Formatter.formatJson(entry), pretty }
