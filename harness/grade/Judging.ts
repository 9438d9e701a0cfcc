import { extname } from "node:path"
import { fileURLToPath } from "node:url"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { ownPatience } from "../../process/Patience.ts"
import { start } from "../../process/Process.ts"
import { type Assignment, type Played, stopMessage, type Told } from "./Assignment.ts"
import type { Limit, Meter } from "./Meter.ts"

/** What a judge found, as far as it came. */
export interface Judged {
  /** By their files, in the order in which they were played. */
  readonly played: ReadonlyMap<string, Played>
  /** What a submission used too much of while a scenario was played, by its file. */
  readonly limits: ReadonlyMap<string, Limit>
  /** Why it came no further, if so: the time that the submission had, or an end of its own. */
  readonly cutShort?: "time" | "cpu" | "crash"
  /** The end of what it wrote, where it ended by itself. */
  readonly log: ReadonlyArray<string>
}

/** The bounds of a judge. */
interface Bounds {
  /** The beginning of its command line, for a network of its own. */
  readonly network: ReadonlyArray<string>
  readonly meter: Meter
  readonly withinMillis: number
  readonly onBegin: (file: string) => void
}

const program = fileURLToPath(new URL(`judge${extname(import.meta.url)}`, import.meta.url))

/** The time that a judge has to write its report once it is to end. */
const endMillisMax = 10_000

/** Has a submission judged by a process of its own, which tells over a channel that nobody else has. */
export const judged = Effect.fnUntraced(function* (
  assignment: Assignment,
  { meter, network, onBegin, withinMillis }: Bounds
): Effect.fn.Return<Judged, never, Scope.Scope> {
  const played = new Map<string, Played>()
  const limits = new Map<string, Limit>()
  let current = ""
  const note = (limit: Limit | undefined) => limit !== undefined && limits.set(current, limit)
  const judge = yield* start({ command: [...network, process.execPath, program], ipc: true })
  const here = Deferred.makeUnsafe<number>()
  const done = Deferred.makeUnsafe<void>()
  judge.child.on("message", (told: Told) => {
    switch (told.event) {
      case "here":
        return Deferred.doneUnsafe(here, Effect.succeed(told.pid))
      case "done":
        return Deferred.doneUnsafe(done, Effect.void)
      case "played":
        note(meter.stopped())
        return played.set(told.file, told)
      case "begins":
        current = told.file
        return onBegin(current)
    }
  })
  judge.child.send(assignment, () => {}) // it may have ended
  const spent = Effect.flatMap(Deferred.await(here), (pid) =>
    meter.watch(pid, (limit) => {
      note(limit)
      return limit === "cpu"
    })
  )
  const end = Effect.raceFirst(
    Effect.as(Deferred.await(done), "done" as const),
    Effect.as(judge.end, "crash" as const)
  )
  const late = Effect.as(ownPatience.during(withinMillis), "time" as const)
  const how = yield* Effect.raceAllFirst([end, late, Effect.as(spent, "cpu" as const)])
  if (how === "time" || how === "cpu") {
    judge.child.send(stopMessage, () => {})
    yield* Effect.timeoutOption(end, endMillisMax)
  }
  return { played, limits, log: judge.lastLines, ...(how !== "done" && { cutShort: how }) }
}, Effect.scoped)
