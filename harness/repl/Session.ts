import type { FailedAt, Step } from "../verbs/Step.ts"
import * as Effect from "effect/Effect"
import type { Actor } from "../stage/Actor.ts"
import type { ActorConnection } from "../stage/ActorConnection.ts"
import type { Json } from "../language/Json.ts"
import type { Incoming } from "../stage/WireEvent.ts"
import { theEnd } from "../run/FinalChecks.ts"
import type { StepFailed } from "../stage/Finding.ts"
import { lint } from "../scenario/Lint.ts"
import type { ObjectPattern } from "../language/Pattern.ts"
import { playSteps, sceneOf } from "../run/PlaySteps.ts"
import { features } from "../language/Features.ts"
import { clause, parseScenario, withinMillisDefault } from "../scenario/ScenarioReader.ts"
import { parseSentence } from "../scenario/Grammar.ts"
import { commandMeant } from "./Completion.ts"
import { Reader, Source } from "../yaml/Source.ts"
import { type Stage } from "../stage/Stage.ts"
import { CaptureScope } from "../language/CaptureScope.ts"
import { readSteps } from "../scenario/StepReader.ts"
import { featuresOf } from "../scenario/Wishes.ts"
import { scenarioText, stepLine, verbatim } from "../scenario/Writing.ts"
import { steps } from "../verbs/Blocks.ts"
import { type Cast, castName, reservedNames } from "../language/Subject.ts"

/** The result of a line. */
export type Entered =
  | { readonly _tag: "Nothing" }
  | { readonly _tag: "Mistake"; readonly message: string }
  | { readonly _tag: "Passed"; readonly step: Step }
  | { readonly _tag: "Failed"; readonly failed: StepFailed | FailedAt }

/** A line that passed. */
interface Line {
  readonly sentence: string
  readonly step: Step
  readonly startMillis: number
  /** The actors whose inbox it took something from. */
  readonly takers: ReadonlySet<string>
}

/** Something received that no step has asked for yet. */
interface Unread {
  readonly actor: Actor
  readonly incoming: Incoming
}

/**
 * A scenario that is played while it is being written: each line is a step, checked together with all before it, and
 * played at once. Whoever is named joins the cast.
 */
export class Session {
  readonly stage: Stage
  private readonly captures = new CaptureScope()
  private readonly lines: Array<Line> = []
  private names: ReadonlyArray<string> = []
  /** Lines entered so far, those that are nothing included. */
  private entered = 0
  /** A line that failed although it had done something: what came of that is part of the session, but the line is not. */
  private halfDone: string | undefined

  constructor(stage: Stage) {
    this.stage = stage
  }

  /** Checks and plays one line; blank lines and comments are nothing. */
  enter(line: string): Effect.Effect<Entered> {
    const number = ++this.entered
    const sentence = line.trim().replace(/^- /, "")
    if (sentence === "" || sentence.startsWith("#")) return Effect.succeed({ _tag: "Nothing" })
    const command = commandMeant(sentence)
    if (command !== undefined)
      return Effect.succeed({
        _tag: "Mistake",
        message: `unknown sentence "${sentence}"; did you mean "${command}"?`
      })
    const names = [...new Set([...this.names, ...newNames(sentence)])]
    const read = this.read(sentence, number, names)
    if ("message" in read) return Effect.succeed({ _tag: "Mistake", message: read.message })
    this.names = names
    for (const name of names) this.stage.join(name)
    return this.play(sentence, read.step)
  }

  /** The rooms that the lines so far have named. */
  get rooms(): ReadonlyArray<string> {
    const named = this.lines.map(({ sentence }) => parseSentence(keyOf(sentence))?.room)
    return [...new Set(named.filter((room) => room !== undefined))]
  }

  /** Plays the end, as of a scenario: nothing may be left over. */
  finish(): Effect.Effect<void, StepFailed> {
    return Effect.suspend(() => theEnd(sceneOf(this.captures, this.stage, withinMillisDefault)))
  }

  /** All that no step has asked for yet. */
  unread(): ReadonlyArray<Unread> {
    return [...this.stage.actors.values()].flatMap((actor) =>
      (actor.connection?.inbox ?? []).map((incoming) => ({ actor, incoming }))
    )
  }

  /** The lines that passed as a scenario file, with what nobody has asked for expected where it came; or why there is none. */
  save(title: string): { readonly text: string } | { readonly problem: string } {
    if (this.lines.length === 0) return { problem: "nothing has been played yet" }
    if (this.halfDone !== undefined)
      return { problem: `"${this.halfDone}" failed halfway, so the saved scenario would be incomplete` }
    const rest = this.unread().filter(
      ({ actor, incoming }) => actor.connected && actor.connection!.reading && incoming.lane !== "noise"
    )
    const sentences = this.lines.flatMap(({ sentence }, index) => [
      sentence,
      ...rest.filter((unread) => this.lineBefore(unread) === index).map(expecting)
    ])
    const needs = [...new Set(this.lines.flatMap(({ step }) => featuresOf(step)))]
    const text = scenarioText({ title, cast: this.names, needs, steps: sentences })
    const parsed = parseScenario("session", text)
    return "mistakes" in parsed ? { problem: parsed.mistakes[0]!.message } : { text }
  }

  /** Reads one line as the step on that line of a file, and looks whether it can follow all that has passed. */
  private read(
    sentence: string,
    number: number,
    names: ReadonlyArray<string>
  ): { readonly step: Step } | { readonly message: string } {
    const cast: Cast = new Map(names.map((name) => [name, [name]]))
    const source = new Source("session", `${"\n".repeat(number - 1)}- ${sentence}\n`)
    const reader = new Reader(source, readSteps(cast, clause))
    const read = () => steps.read(source.root!, reader)
    const [step] = (source.mistakes.length === 0 ? source.attempt(read) : undefined) ?? []
    if (step !== undefined && source.mistakes.length === 0)
      lint(scenarioOf(source, cast, [...this.lines.map(({ step }) => step), step]), source)
    const [mistake] = source.mistakes
    if (step === undefined || mistake !== undefined)
      return { message: mistake?.message ?? "this cannot be read" }
    return { step }
  }

  /** Plays a step; one that fails takes nothing out of any inbox. */
  private play(sentence: string, step: Step): Effect.Effect<Entered> {
    const startMillis = this.stage.nowMillis
    const captures = new CaptureScope(this.captures)
    const taken = this.watchInboxes()
    return playSteps([step], captures, this.stage, withinMillisDefault).pipe(
      Effect.match({
        onFailure: (failed): Entered => {
          for (const inbox of taken) inbox.putBack()
          const { happenings } = this.stage.transcript
          if (happenings.some(({ line }) => line === step.line)) this.halfDone ??= sentence
          return { _tag: "Failed", failed }
        },
        onSuccess: (): Entered => {
          this.captures.keep(captures.all)
          const takers = taken.filter(({ items }) => items.length > 0).map(({ actor }) => actor.name)
          this.lines.push({ sentence, step, startMillis, takers: new Set(takers) })
          return { _tag: "Passed", step }
        }
      })
    )
  }

  private watchInboxes(): ReadonlyArray<Taken> {
    return [...this.stage.actors.values()].map((actor) => new Taken(actor))
  }

  /** The index of the line that something came after: it came while that was played, or others were taken there before it. */
  private lineBefore({ actor, incoming }: Unread): number {
    const came = this.lines.findLastIndex(({ startMillis }) => startMillis <= incoming.atMillis)
    const took = this.lines.findLastIndex(({ takers }) => takers.has(actor.name))
    return Math.max(0, came, took)
  }
}

/** Collects all that is taken out of an actor's inbox from now on, to be put back if its step fails. */
class Taken {
  readonly actor: Actor
  readonly items: Array<Incoming> = []
  private readonly connection: ActorConnection | undefined
  private readonly allowances: ReadonlyArray<ObjectPattern>

  constructor(actor: Actor) {
    this.actor = actor
    this.connection = actor.connection
    this.allowances = [...actor.allowances]
    actor.onTake = (incoming) => this.items.push(incoming)
  }

  putBack(): void {
    if (this.actor.connection !== this.connection || this.connection === undefined) return
    const { inbox } = this.connection
    const all = [...this.items, ...inbox].toSorted((a, b) => a.atMillis - b.atMillis)
    inbox.splice(0, inbox.length, ...all)
    this.actor.allowances.splice(0, this.actor.allowances.length, ...this.allowances)
  }
}

/** The sentence that asks for what has come. */
const expecting = ({ actor, incoming }: Unread): string =>
  stepLine(`${actor.name} receives`, verbatim(repeatable(incoming.value)))

/** An object without what differs each time: the token and the epoch of a session, and when something was said. */
const repeatable = (value: Json): Json => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value).filter(([key]) => !["session", "epoch", "at"].includes(key))
  )
}

/** A scenario of steps that were read one by one, as far as the checks of their order want to know. */
const scenarioOf = (source: Source, cast: Cast, steps: ReadonlyArray<Step>) => ({
  file: source.file,
  line: 1,
  title: "a session",
  proves: [],
  level: "should" as const,
  tags: [],
  needs: features,
  story: undefined,
  cast,
  programs: new Map(),
  withinMillis: withinMillisDefault,
  ignoring: [],
  before: [],
  steps,
  after: [],
  text: source.text
})

/** A step without its details. */
const keyOf = (sentence: string): string => (/^("(?:[^"\\]|\\.)*"|[^:]*)/.exec(sentence)?.[0] ?? "").trim()

/** The names in a sentence that can be in a cast. */
const newNames = (sentence: string): ReadonlyArray<string> => {
  const parsed = parseSentence(keyOf(sentence))
  return [parsed?.subject, parsed?.other]
    .filter((phrase) => phrase !== undefined)
    .flatMap((phrase) => phrase.replace(/^one of /, "").split(/, and | and |, /))
    .filter((name) => castName.test(name) && !reservedNames.has(name))
}
