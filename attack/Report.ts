import * as Effect from "effect/Effect"
import { exitCodes, Failure } from "../src/commands/Cli.ts"
import type { Figures } from "./Chat.ts"
import type { ServerFailed, ServerProcess } from "./ServerProcess.ts"
import type { CannotConnect } from "./Sockets.ts"
import type { Violation } from "./Violation.ts"

/** What was done, in one line. */
export const figuresText = (figures: Figures): string =>
  [
    `polite: ${count(figures.requests)} requests, ${count(figures.deliveries)} deliveries`,
    `${count(figures.departures)} departures`,
    `rude: ${count(figures.rudeConnections)} connections, ${(figures.rudeBytes / 2 ** 20).toFixed(1)} MiB`
  ].join(" · ")

const count = (number: number): string => number.toLocaleString("en")

/** Makes what went wrong with our own server a report with its last words: a crash has a moment to be told. */
export const reporting =
  ({ complaints, ended }: ServerProcess, replay: string) =>
  <A, R>(effect: Effect.Effect<A, Wrong, R>): Effect.Effect<A, Failure, R> =>
    effect.pipe(
      Effect.tapError(() => Effect.ignore(Effect.timeoutOption(ended, LAST_WORDS_MILLIS))),
      Effect.mapError((error) => failureOf(error, replay, complaints()))
    )

const LAST_WORDS_MILLIS = 500

/** What went wrong, for a person: what was expected, what came, what came before, and how to see it again. */
export const failureOf = (error: Wrong, replay: string, log: ReadonlyArray<string> = []): Failure => {
  const lines = [...linesOf(error), ...titled("the server's log", log), `replay    ${replay}`]
  return new Failure(lines.join("\n  "), exitCodes.failed)
}

type Wrong = Violation | ServerFailed | CannotConnect

const linesOf = (error: Wrong): ReadonlyArray<string> => {
  switch (error._tag) {
    case "Violation": {
      const { clause, expected, received, trace, who } = error
      const told = [`expected  ${expected}`, `received  ${received}`, ...titled("before it", trace)]
      return [`${clause} does not hold for ${who}`, ...told]
    }
    case "ServerFailed":
      return [`the server is gone: ${error.reason}`]
    case "CannotConnect":
      return [`the server accepts no connection any more: ${error.code}`]
  }
}

const titled = (title: string, lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)]

/** There was no server to begin with. */
export const noServer = (error: ServerFailed | CannotConnect): Failure => {
  const lines =
    error._tag === "ServerFailed"
      ? [`the server does not start: ${error.reason}`, ...error.log]
      : [`nobody listens there: ${error.code}`]
  return new Failure(lines.join("\n  "), NO_SERVER)
}

const NO_SERVER = 3
