import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import { makePlayer, type Player } from "../harness/run/Player.ts"
import { type Server, type Target, TargetFailed } from "../harness/stage/Target.ts"
import { TargetKnowledge } from "../harness/stage/TargetKnowledge.ts"
import { english } from "../harness/texts/en.ts"
import { fresh } from "../harness/targets/Fresh.ts"
import { host } from "../process/Port.ts"
import { variants } from "./Variants.ts"
import { type Process, type ProcessEnded, start } from "../process/Process.ts"

/** A server to judge, and who plays against it. */
export interface Hosted {
  readonly target: Target
  readonly player: Player
}

/**
 * A target of the base with these faults or variants, in processes of its own that each serve one chat after the other; they
 * are ended with the scope. A process that a fault has ended is replaced.
 */
export const hosted = Effect.fnUntraced(function* (
  names: ReadonlyArray<string>,
  timeScale: number
): Effect.fn.Return<Hosted, never, Scope.Scope> {
  const scope = yield* Effect.scope
  const idle: Array<Process> = []
  const command = [process.execPath, fileURLToPath(new URL("Host.ts", import.meta.url)), ...names]
  const fork = Effect.provideService(start({ command, ipc: true }), Scope.Scope, scope)

  /** Has a chat started on a port (0: any), by a process that is there or, should that be ending, by a new one. */
  const begin = (port: number): Effect.Effect<Hosting, ProcessEnded> =>
    Effect.gen(function* () {
      const known = idle.pop()
      const process = known ?? (yield* fork)
      const started = asked(process, `start ${port}`)
      if (known === undefined) return { process, port: yield* started }
      return yield* Effect.matchEffect(started, {
        onFailure: () => begin(port),
        onSuccess: (port) => Effect.succeed({ process, port })
      })
    })

  const giveBack = (process: Process) =>
    asked(process, "stop").pipe(Effect.andThen(Effect.sync(() => void idle.push(process))), Effect.ignore)

  const target: Target = {
    ...fresh(),
    name: names.length === 0 ? "base" : names.join(" + "),
    arguments: "",
    claims: new Set(["presence", ...featuresOf(names)]),
    start: Effect.gen(function* () {
      let { port, process } = yield* Effect.mapError(begin(0), notStarted)
      yield* Effect.addFinalizer(() => giveBack(process))
      const again = asked(process, `restart ${port}`).pipe(
        Effect.catch(() => Effect.map(begin(port), (begun) => void (process = begun.process))),
        Effect.mapError(notStarted)
      )
      const server: Server = {
        host,
        port,
        restart: Effect.asVoid(again),
        ended: () => process.ended?.how,
        lastLines: () => process.lastLines
      }
      return server
    })
  }
  return {
    target,
    player: makePlayer(target, { timeScale, seed: 1, knowledge: new TargetKnowledge(), texts: english })
  }
})

/** The features of a server with these faults or variants. */
const featuresOf = (names: ReadonlyArray<string>): ReadonlyArray<string> =>
  variants.find(({ name }) => names.includes(name))?.features ?? ["rooms", "direct", "history"]

/** What a host answers, unless it ends first: awaited in any case, lest it be taken for the answer to the next message. */
const asked = (process: Process, message: string): Effect.Effect<number, ProcessEnded> =>
  Effect.uninterruptible(Effect.map(process.before(process.ask(message)), Number))

const notStarted = ({ how }: ProcessEnded) => new TargetFailed({ reason: how, lastLines: [] })

/** A process that serves a chat on a port. */
interface Hosting {
  readonly process: Process
  readonly port: number
}
