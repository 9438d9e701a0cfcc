import * as Effect from "effect/Effect"
import { exitCodes, Failure } from "../src/commands/Cli.ts"
import type { ConnectFailed } from "../harness/stage/ActorConnection.ts"
import type { Totals } from "./Chat.ts"
import type { ServerFailed, ServerProcess } from "./ServerProcess.ts"
import type { Violation } from "./Violation.ts"

/** The totals of a run in one line. */
export const totalsText = (totals: Totals): string =>
  [
    `conforming: ${count(totals.requests)} requests, ${count(totals.deliveries)} deliveries`,
    `${count(totals.departures)} departures`,
    `hostile: ${count(totals.hostileConnections)} connections, ${(totals.hostileBytes / 2 ** 20).toFixed(1)} MiB`
  ].join(" · ")

const count = (number: number): string => number.toLocaleString("en")

/** Turns what went wrong with our own server into a report with the end of its log: a crash has a moment to show there. */
export const reporting =
  ({ complaints, ended }: ServerProcess, replay: string) =>
  <A, R>(effect: Effect.Effect<A, Wrong, R>): Effect.Effect<A, Failure, R> =>
    effect.pipe(
      Effect.tapError(() => Effect.ignore(Effect.timeoutOption(ended, LOG_MILLIS_MAX))),
      Effect.mapError((error) => failureOf(error, replay, complaints()))
    )

const LOG_MILLIS_MAX = 500

/** Turns what went wrong into a report: what was expected, what came, what came before, and the command that repeats it. */
export const failureOf = (error: Wrong, replay: string, log: ReadonlyArray<string> = []): Failure => {
  const lines = [...linesOf(error), ...titled("the server's log", log), `replay    ${replay}`]
  return new Failure(lines.join("\n  "), exitCodes.failed)
}

/** Whatever may be wrong with a server under attack. */
export type Wrong = Violation | ServerFailed | ConnectFailed

const linesOf = (error: Wrong): ReadonlyArray<string> => {
  switch (error._tag) {
    case "Violation": {
      const { clause, expected, received, trace, who } = error
      const told = [`expected  ${expected}`, `received  ${received}`, ...titled("before it", trace)]
      return [`${clause} does not hold for ${who}`, ...told]
    }
    case "ServerFailed":
      return [`the server is gone: ${error.reason}`]
    case "ConnectFailed":
      return [`the server accepts no connection any more: ${error.reason}`]
  }
}

const titled = (title: string, lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)]

/** The failure of a run that found no server. */
export const noServer = (error: ServerFailed | ConnectFailed): Failure => {
  const lines =
    error._tag === "ServerFailed"
      ? [`the server does not start: ${error.reason}`, ...error.log]
      : [`no server there: ${error.reason}`]
  return new Failure(lines.join("\n  "), noServerCode)
}

/** The exit code where there is no server to attack. */
export const noServerCode = 3
