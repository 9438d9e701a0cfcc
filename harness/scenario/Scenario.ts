import type { ClauseId, Level } from "../language/Clauses.ts"
import type { ObjectPattern } from "../language/Pattern.ts"
import type { Cast } from "../language/Subject.ts"
import type { Step } from "../verbs/Step.ts"

/** A scenario file, read and checked. */
export interface Scenario {
  readonly file: string
  /** The line of its `scenario:` key. */
  readonly line: number
  readonly title: string
  readonly proves: ReadonlyArray<ClauseId>
  readonly level: Level
  readonly tags: ReadonlyArray<string>
  readonly needs: ReadonlyArray<string>
  readonly story: string | undefined
  readonly cast: Cast
  /** The commands of the programs that members of the cast sit at. */
  readonly programs: ReadonlyMap<string, string>
  readonly withinMillis: number
  readonly ignoring: ReadonlyArray<ObjectPattern>
  readonly before: ReadonlyArray<Step>
  readonly steps: ReadonlyArray<Step>
  readonly after: ReadonlyArray<Step>
  /** True if other names were asked for, and it could not have them. */
  readonly isNotVaried?: boolean
  /** The text of the file, for showing the line that failed. */
  readonly text: string
}
