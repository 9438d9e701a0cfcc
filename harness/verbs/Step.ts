import type * as Effect from "effect/Effect"
import type { ClauseId } from "../language/Clauses.ts"
import * as Data from "effect/Data"
import type { Actor } from "../stage/Actor.ts"
import type { Finding, StepFailed } from "../stage/Finding.ts"
import type { Stage } from "../stage/Stage.ts"
import type { Feature } from "../language/Features.ts"
import type { CaptureScope } from "../language/CaptureScope.ts"
import type { ObjectPattern } from "../language/Pattern.ts"
import type { Shape } from "../yaml/Shape.ts"
import type { Template } from "../language/Template.ts"
import type { Subject } from "../language/Subject.ts"

/** One sentence of a scenario, read and checked, with the place it stands at. */
export interface Step<Value = unknown, Options = { readonly [key: string]: unknown }> {
  readonly verb: Verb
  /** As it stands in the file, with the values of `for each` put in. */
  readonly sentence: string
  readonly line: number
  readonly column: number
  readonly offset: number
  readonly subject: Subject | undefined
  /** The name in `… as N`. */
  readonly name: Template | undefined
  /** The second actor, in `… that Y is gone`. */
  readonly other: Subject | undefined
  /** The room, in `… says in ROOM`. */
  readonly room: string | undefined
  readonly value: Value
  readonly options: Options
  readonly withinMillis: number | undefined
  readonly because: string | undefined
  readonly proves: ReadonlyArray<ClauseId>
}

/** The state of an actor, as far as the file alone can tell. */
export type Standing = "new" | "connected" | "trying" | "logged in" | "refused" | "gone"

/** One row of the verb table: all there is to know about a sentence. */
export interface Verb<Value = any, Options = any> {
  /**
   * The grammar: `{subject}` is the subject, `{other}` another actor, `{room}` a room, `a|b` are two forms of a word, a
   * `{name}` at the end may follow a colon instead.
   */
  readonly sentence: string
  /** The theme it is documented under. */
  readonly theme: Theme
  /** Its meaning, in one line of documentation. */
  readonly meaning: string
  /** A step as it would stand in a file, without its dash; documentation and editors show it. */
  readonly example: string
  /** The value after the colon; without it the sentence stands alone. */
  readonly value?: Shape<Value>
  /** Options that stand beside the sentence or, where it has no value, behind its colon. */
  readonly options?: { readonly [key: string]: Shape<unknown> }
  readonly required?: ReadonlyArray<string>
  /** The problem with its value and options taken together: "needs …". */
  readonly problem?: (step: Step<Value, Options>) => string | undefined
  /** The clause to name where this sentence fails on the way to something else. */
  readonly clause?: ClauseId
  /** True if it only brings actors in: its failure is held against no clause but its own. */
  readonly bringsIn?: boolean
  /** `connected` if it needs a connection, `gone` if there must be none; absent if it connects by itself. */
  readonly needs?: "connected" | "gone"
  /** The state of its subject after it. */
  readonly becomes?: Standing
  /** True if it looks at what comes in, so that `one of` may be its subject. */
  readonly expects?: boolean
  /** True if it connects by itself where needed. */
  readonly connects?: boolean
  /** True if it asks for a name: the one it gives, or the actor's own. */
  readonly logsIn?: boolean
  /** The feature that its subject must have asked for. */
  readonly feature?: Feature
  /** True if its subject goes on with a session: its own, or that of the other actor. */
  readonly resumes?: boolean
  /** True if it shows that the other actor has left, with requests that are not shown. */
  readonly seesGone?: boolean
  /** True if it repeats until the server has noticed what it waits for. */
  readonly retries?: boolean
  /** True if it ends its subject's connection in a way that the server is yet to notice. */
  readonly leaves?: boolean
  /** Tells if its subject stops or resumes reading. */
  readonly reading?: "stops" | "resumes"
  /** True if its subject can send nothing more from then on. */
  readonly writing?: "stops"
  /** True if the steps inside it are played together. */
  readonly simultaneous?: boolean
  /** True if it starts the server again, which not every target can. */
  readonly restarts?: boolean
  /** Tells if it sends part of an object, or the rest of one. */
  readonly part?: "begins" | "ends"
  /** True if it can only be done by who reads what comes in. */
  readonly reads?: boolean
  /** True if nothing happens in it. */
  readonly remark?: boolean
  /** The patterns it looks with. */
  readonly patterns?: (step: Step<Value, Options>) => ReadonlyArray<ObjectPattern>
  /** The number of them that have matched once it has passed: all, unless told otherwise. */
  readonly matches?: "one" | "maybe none"
  /** The requests that it sends, as far as the file tells. */
  readonly sends?: (step: Step<Value, Options>) => ReadonlyArray<Template>
  /** The steps inside it. */
  readonly steps?: (step: Step<Value, Options>) => ReadonlyArray<ReadonlyArray<Step>>
  /** How often it plays them: once, unless told otherwise. */
  readonly times?: (step: Step<Value, Options>) => number
  /** True if it can only be said of who sits at a program. */
  readonly onlyPrograms?: boolean
  /** The word of a program that a person types for it; a program without one is not judged by it. */
  readonly word?: "list" | "quit"
  /** Plays it for one who sits at a program; of a sentence without it, such an actor cannot be the subject. */
  readonly atProgram?: (
    actor: Actor,
    step: Step<Value, Options>,
    scene: Scene
  ) => Effect.Effect<void, StepFailed>
  readonly play: (step: Step<Value, Options>, scene: Scene) => Effect.Effect<void, StepFailed | FailedAt>
}

/** The surroundings of a step that is played: the stage, the captures of its turn, and its bound. */
export interface Scene {
  readonly stage: Stage
  /** The line of the step; none at the end of a scenario. */
  readonly line: number | undefined
  readonly captures: CaptureScope
  readonly withinMillis: number
  /** On the clock of the harness's patience. */
  readonly deadlineMillis: number
  /** Plays the steps of a block. */
  readonly playAll: (steps: ReadonlyArray<Step>, captures: CaptureScope) => Effect.Effect<void, FailedAt>
}

/** A failure, and the innermost step it happened in. */
export class FailedAt extends Data.TaggedError("FailedAt")<{
  readonly finding: Finding
  readonly step: Step
}> {}

/** The themes of the verb table, in the order they are documented. */
export const themes = [
  "connecting",
  "logging in",
  "talking",
  "rooms and history",
  "raw bytes",
  "expecting",
  "leaving",
  "the network",
  "programs",
  "order"
] as const
type Theme = (typeof themes)[number]

/** Gives a row of the verb table the types of its own value and options. */
export const verb = <Value = undefined, Options = Record<never, never>>(row: Verb<Value, Options>): Verb =>
  row
