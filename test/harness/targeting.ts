import * as Effect from "effect/Effect"
import type { Target, TargetFailed } from "../../harness/stage/Target.ts"
import { spawn } from "../../harness/targets/Spawn.ts"
import { english } from "../../harness/texts/en.ts"
import { playerOf, steps } from "./playing.ts"

const timeScale = 3
export const common = { timeScale, texts: english }

export const spawned = (command: string, port?: number): Target => spawn({ command, port, ...common })

/** Plays steps against a target; fails where that cannot be used. */
export const playing = (lines: string, target: Target, head?: string) =>
  playerOf(target, timeScale).play(steps(lines, head))

/** Why a target cannot be used. */
export const failing = (target: Target): Effect.Effect<TargetFailed> =>
  Effect.flip(Effect.asVoid(playing("- alice connects", target))) as Effect.Effect<TargetFailed>

/** Steps that any server passes. */
export const hello =
  "- alice logs in\n- bob logs in\n- alice says: hello\n- bob receives: { type: message, content: hello }"
