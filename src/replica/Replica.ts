import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Happening } from "../fold/Happening.ts"
import type { Operation } from "../fold/Operation.ts"
import type { LogError } from "../log/LogError.ts"
import type { SettingsInvalid } from "../settings/Check.ts"
import type { Appending } from "./Appending.ts"
import type { Checkpoints } from "./Checkpoints.ts"

/** Whoever is told what happens on any node. */
export interface Observer {
  /**
   * Takes what an entry of a node led to, from when this node has begun; for its own operations, a node is told the
   * results by `done` in place of this.
   */
  readonly happened: (happening: Happening) => void
  /** Nothing of what was under way will be told any more: all clients are to be ended with this code. */
  readonly ended: (code: "unavailable" | "node_lost") => void
  /** Does at once the work in which an entry is applied: all that it leads to may be told to clients together. */
  readonly together: (work: () => void) => void
  /** Waited for after each entry of a log that others write as well: nothing more is read meanwhile. */
  readonly ready: Effect.Effect<void>
}

const ignore = () => {}

/** Until there is an observer. */
export const nobody: Observer = {
  happened: ignore,
  ended: ignore,
  together: (work) => work(),
  ready: Effect.void
}

/**
 * This node's copy of the shared state: it appends operations to the log, and applies every entry of the log, in order.
 * What an operation led to is told where its entry is read back, synchronously, so that whatever follows from it can be
 * put in order right there.
 */
export class Replica extends Context.Service<
  Replica,
  {
    /** The name of this node in the log: a new one for each of its lives. */
    readonly node: string
    /** True while this node takes part and can write to the log. */
    readonly isReady: boolean
    /** Lives that have begun: more than one where the others took this node for dead, or it was cut off. */
    readonly lives: number
    /** True if there may be other nodes. */
    readonly isShared: boolean
    /**
     * Appends an operation, and calls `done` with its result: before `submit` returns if there is no log. All that
     * waits while another entry is being appended goes into one. Where the log has no room or does not answer, clients'
     * operations are refused as `unavailable`, and ends are put off until it does; between two lives, both are refused.
     */
    readonly submit: (operation: Operation, done: (result: Happening) => void) => void
    /** Tells everything else that happens from now on. */
    readonly observe: (observer: Observer) => void
    /** Fails once the log cannot be used any more. What was submitted may be in it; what is submitted then is refused. */
    readonly failed: Effect.Effect<never, LogError | SettingsInvalid>
    /** Waits for nothing any more: what was submitted may be in the log or not. */
    readonly abandon: () => void
    readonly appending: Pick<Appending, "isOut" | "failures">
    readonly checkpoints: Pick<Checkpoints, "grownBytes" | "kept">
  }
>()("palabre/Replica") {}
