import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Failure } from "../../src/Cli.ts"
import { scenarioNames } from "../Files.ts"
import { exitCodes } from "../Summary.ts"
import type { Target } from "../Target.ts"
import { onMistakes } from "./mistakes.ts"

/** What the flags of a command say about the target. */
export interface TargetInput {
  readonly spawn: Option.Option<string>
  readonly port: Option.Option<number>
  readonly connect: Option.Option<string>
  readonly target: Option.Option<string>
  readonly timeoutScale: number
}

/** The target that the flags choose: our own server where they choose none. Each kind is loaded only where wanted. */
export const chooseTarget = Effect.fnUntraced(function* (
  input: TargetInput
): Effect.fn.Return<Target, Failure> {
  const { timeoutScale: timeScale } = input
  const [spawn, port, connect, named] = [input.spawn, input.port, input.connect, input.target].map((option) =>
    Option.getOrUndefined<string | number>(option)
  )
  if ([spawn, connect, named].filter((value) => value !== undefined).length > 1)
    return yield* usage("--spawn, --connect and --target exclude each other")
  if (port !== undefined && spawn === undefined) return yield* usage("--port goes with --spawn")
  if (typeof spawn === "string") {
    if (port === undefined && !spawn.includes("{port}"))
      return yield* usage(
        "the command of --spawn has no {port}; where the port is compiled in, name it with --port"
      )
    const { spawn: make } = yield* Effect.promise(() => import("../targets/Spawn.ts"))
    return make({ command: spawn, port: port as number | undefined, timeScale })
  }
  if (typeof connect === "string") {
    const [, host, digits] = /^\[?(.+?)\]?:(\d+)$/.exec(connect) ?? []
    if (host === undefined) return yield* usage(`--connect takes HOST:PORT, not ${connect}`)
    const { connect: make } = yield* Effect.promise(() => import("../targets/Connect.ts"))
    return make(host, Number(digits))
  }
  if (typeof named === "string") {
    const { readTarget, targetsFile } = yield* Effect.promise(() => import("../targets/Named.ts"))
    const places = { file: targetsFile, scenarios: yield* scenarioNames }
    return yield* Effect.catchTag(readTarget(named, timeScale, places), "FileInvalid", onMistakes)
  }
  const { self } = yield* Effect.promise(() => import("../targets/Self.ts"))
  return self()
})

const usage = (message: string): Effect.Effect<never, Failure> =>
  Effect.fail(new Failure(message, exitCodes.usage))
