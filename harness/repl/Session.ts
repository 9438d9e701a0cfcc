import * as Effect from "effect/Effect"
import type { Actor } from "../Actor.ts"
import type { Incoming } from "../Connection.ts"
import { theEnd } from "../End.ts"
import type { StepFailed } from "../Failure.ts"
import type { Json } from "../Pattern.ts"
import { playSteps, sceneOf } from "../Play.ts"
import { parseScenario, withinMillisDefault } from "../Scenario.ts"
import { parseSentence } from "../Sentence.ts"
import { CaptureScope, type Stage } from "../Stage.ts"
import type { Step } from "../Step.ts"
import { castName, reservedNames } from "../Who.ts"

/** How a line went. */
export type Entered =
  | { readonly _tag: "Nothing" }
  | { readonly _tag: "Mistake"; readonly message: string }
  | { readonly _tag: "Passed"; readonly step: Step }
  | { readonly _tag: "Failed"; readonly failed: StepFailed }

/**
 * A scenario that is played while it is being written: each line is a step, checked together with all before it, and
 * played at once. Whoever is named joins the cast.
 */
export class Session {
  readonly stage: Stage
  private readonly captures = new CaptureScope()
  private readonly lines: Array<string> = []
  private names: ReadonlyArray<string> = []

  constructor(stage: Stage) {
    this.stage = stage
  }

  /** Checks and plays one line; blank lines and comments are nothing. */
  enter(line: string): Effect.Effect<Entered> {
    const sentence = line.trim().replace(/^- /, "")
    if (sentence === "" || sentence.startsWith("#")) return Effect.succeed({ _tag: "Nothing" })
    const names = [...new Set([...this.names, ...newNames(sentence)])]
    const parsed = parseScenario("session", this.text([...this.lines, sentence], names))
    if ("mistakes" in parsed) {
      const [first] = parsed.mistakes
      return Effect.succeed({ _tag: "Mistake", message: first?.message ?? "this cannot be read" })
    }
    const step = parsed.scenario.steps.at(-1)!
    this.names = names
    for (const name of names) this.stage.join(name)
    return playSteps([step], this.captures, this.stage, withinMillisDefault).pipe(
      Effect.match({
        onFailure: (failed): Entered => ({ _tag: "Failed", failed }),
        onSuccess: (): Entered => {
          this.lines.push(sentence)
          return { _tag: "Passed", step }
        }
      })
    )
  }

  /** Plays the end, as of a scenario: nothing may be left over. */
  finish(): Effect.Effect<void, StepFailed> {
    return Effect.suspend(() => theEnd(sceneOf(this.captures, this.stage, withinMillisDefault)))
  }

  /** What nobody has asked for yet, of one actor or of all. */
  unread(): ReadonlyArray<{ readonly actor: Actor; readonly incoming: Incoming }> {
    return [...this.stage.actors.values()].flatMap((actor) =>
      (actor.connection?.inbox ?? []).map((incoming) => ({ actor, incoming }))
    )
  }

  /** The lines that passed as a scenario file, with what nobody has asked for expected at its end; or why there is none. */
  save(title: string): { readonly text: string } | { readonly problem: string } {
    const rest = this.unread()
      .filter(
        ({ actor, incoming }) => actor.connected && actor.connection!.reading && incoming.lane !== "noise"
      )
      .map(({ actor, incoming }) => `${actor.name} receives: ${JSON.stringify(asPattern(incoming.value))}`)
    if (this.lines.length === 0) return { problem: "nothing has been played yet" }
    const text = this.text([...this.lines, ...rest], this.names, title)
    const parsed = parseScenario("session", text)
    return "mistakes" in parsed ? { problem: parsed.mistakes[0]!.message } : { text }
  }

  private text(lines: ReadonlyArray<string>, names: ReadonlyArray<string>, title = "a session"): string {
    const steps = lines.map((line) => `  - ${line}\n`).join("")
    return `scenario: ${JSON.stringify(title)}\nlevel: should\ncast: [${names.join(", ") || "nobody"}]\nsteps:\n${steps}`
  }
}

/** A value as the pattern that matches it: what would be a capture is escaped. */
const asPattern = (value: Json): Json => {
  if (typeof value === "string") return value.startsWith("$") ? `$${value}` : value
  if (Array.isArray(value)) return value.map(asPattern)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, asPattern(field)]))
}

/** Whom a sentence names, as far as they can be in a cast. */
const newNames = (sentence: string): ReadonlyArray<string> => {
  const key = /^("(?:[^"\\]|\\.)*"|[^:]*)/.exec(sentence)?.[0] ?? ""
  const parsed = parseSentence(key.trim())
  return [parsed?.who, parsed?.other]
    .filter((phrase) => phrase !== undefined)
    .flatMap((phrase) => phrase.replace(/^one of /, "").split(/, and | and |, /))
    .filter((name) => castName.test(name) && !reservedNames.has(name))
}
