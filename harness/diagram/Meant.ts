import { show } from "../Format.ts"
import type { Json } from "../language/Json.ts"
import { describe, type ObjectPattern, type Pattern } from "../language/Pattern.ts"
import { actorsOf } from "../language/Subject.ts"
import { field, fill, literal, type Template } from "../language/Template.ts"
import { capturesSent } from "../language/Captures.ts"
import { Members } from "../scenario/Members.ts"
import type { Scenario } from "../scenario/Scenario.ts"
import { grants, patternsOf, sentBy } from "../scenario/StepFacts.ts"
import { laneOf } from "../stage/Actor.ts"
import { caption, captionSent } from "../stage/Caption.ts"
import type { Catalogue } from "../texts/Catalogue.ts"
import type { Arrow, Exchange, Row } from "../trace/Exchange.ts"
import type { Step } from "../verbs/Step.ts"

/**
 * The exchange that a file means: its steps and patterns in their order, as far as the file tells. Nothing is played. What
 * stands in the file stays in its words.
 */
export const meant = (scenario: Scenario, texts: Catalogue): Exchange => {
  const drawing = new Drawing(scenario, texts)
  drawing.draw([...scenario.before, ...scenario.steps, ...scenario.after])
  const { rows } = drawing
  const seen = new Set(rows.flatMap((row) => ("actor" in row && row.actor !== undefined ? [row.actor] : [])))
  return {
    actors: actorsOf(scenario.cast).filter((actor) => seen.has(actor)),
    rows,
    segments: [],
    steps: new Map()
  }
}

class Drawing {
  readonly rows: Array<Row> = []
  private readonly cast: ReadonlyArray<string>
  private readonly members: Members
  private speakers: ReadonlyArray<string> = []
  private others: ReadonlyArray<string> = []
  private readonly texts: Catalogue

  constructor({ cast }: Scenario, texts: Catalogue) {
    this.texts = texts
    this.cast = actorsOf(cast)
    this.members = new Members(cast)
  }

  draw(steps: ReadonlyArray<Step>): void {
    for (const step of steps) this.step(step)
  }

  private step(step: Step): void {
    const { verb } = step
    const actors = this.subjectsOf(step)
    if (verb.steps !== undefined) this.block(step)
    else if (step.subject === undefined) this.note(verb.remark === true ? String(step.value) : step.sentence)
    else this.acts(step, actors)
    const says = sentBy(step).some((request) => field(request, "type") === "message")
    if (says) this.speakers = actors
    this.members.follow(step)
  }

  /** A loop of the same steps is drawn once; one over values, and what happens at the same time, as it stands. */
  private block(step: Step): void {
    const { verb } = step
    const turns = verb.steps!(step)
    const times = verb.times?.(step)
    if (times !== undefined) this.note(this.texts.diagram.times(times))
    if (verb.simultaneous === true) this.note(this.texts.diagram.atTheSameTime)
    for (const turn of times === undefined ? turns : turns.slice(0, 1)) this.draw(turn)
  }

  private note(text: string): void {
    this.rows.push({ _tag: "Note", text })
  }

  /** What every subject of a sentence does; where no bytes are meant to go over the wire, in one line. */
  private acts(step: Step, actors: ReadonlyArray<string>): void {
    const before = this.rows.length
    for (const actor of actors) this.act(step, actor)
    const isQuiet = this.rows.slice(before).every(({ _tag }) => _tag === "Mark")
    if (actors.length < 2 || !isQuiet) return
    this.rows.length = before
    this.note(step.sentence)
  }

  /** All that a sentence comes to for one of its subjects. */
  private act(step: Step, actor: string): void {
    const { verb } = step
    const requests = requestsOf(step, actor, this.texts)
    const before = this.rows.length
    for (const request of requests) this.arrow(step, actor, "out", request)
    if (requests.length > 0 && isGrantedItself(step)) this.arrow(step, actor, "in", { status: "success" })
    for (const pattern of patternsOf(step)) this.received(step, actor, pattern)
    if (verb.sentence === "{subject} is|are refused")
      this.arrow(
        step,
        actor,
        "in",
        { status: "error" },
        {
          caption: this.texts.diagram.refusal,
          isRefusal: true
        }
      )
    const isByServer =
      verb.sentence === "{subject} is|are disconnected" || verb.sentence === "{subject} logs|log out"
    if (isByServer) this.mark(step, actor, "server", this.texts.play.ends.close)
    else if (this.rows.length === before) this.mark(step, actor, "actor", predicateOf(step))
  }

  private received(step: Step, actor: string, pattern: ObjectPattern): void {
    const lane = laneOf(pattern)
    this.arrow(step, actor, "in", valueOf(pattern, this.texts), {
      what: lane,
      isRefusal: lane === "reply" && !grants(pattern)
    })
  }

  private arrow(
    { line }: Step,
    actor: string,
    direction: Arrow["direction"],
    value: Json,
    more: Partial<Arrow> = {}
  ): void {
    const what = direction === "out" ? "request" : "reply"
    const text = typeof value === "string" ? value : caption(value)
    this.rows.push({
      _tag: "Arrow",
      actor,
      direction,
      what,
      caption: text,
      isRefusal: false,
      isWrong: false,
      line,
      bytes: [],
      ...more
    })
  }

  private mark({ line, verb }: Step, actor: string, by: "actor" | "server", text: string): void {
    const isBegin = verb.connects === true
    const isEnd = by === "server" || verb.becomes === "gone"
    this.rows.push({
      _tag: "Mark",
      actor,
      by,
      what: isBegin ? "begins" : isEnd ? "ends" : "changes",
      text,
      line
    })
  }

  /** The actors that a sentence is about; of `one of` the first, because one has to be drawn. */
  private subjectsOf(step: Step): ReadonlyArray<string> {
    const { subject } = step
    switch (subject?._tag) {
      case "EveryoneElse":
        return this.cast.filter((actor) => this.members.isConnected(actor) && !this.speakers.includes(actor))
      case "OneOf":
        this.others = subject.names.slice(1)
        return subject.names.slice(0, 1)
      case "Others":
        return this.others
      default:
        return this.members.subjectsOf(step)
    }
  }
}

/** The requests of a sentence, with its captures by their names. */
const requestsOf = (step: Step, actor: string, { diagram, play }: Catalogue): ReadonlyArray<Json> => {
  const { name, options, value, verb } = step
  if (Buffer.isBuffer(value)) return [captionSent(value, play).caption]
  if (verb.logsIn === true || verb.resumes === true)
    return [filled(literal({ type: "login", username: name ?? actor }))]
  const requests = sentBy(step).map(filled)
  if (verb.seesGone === true) return []
  if (verb.part === "begins")
    return requests.map((request) => diagram.firstBytes(caption(request), Number(options["bytes"])))
  if (verb.part === "ends") return [diagram.theRest]
  return requests
}

const filled = (request: Template): Json =>
  fill(request, new Map(capturesSent(request).map((name) => [name, `$${name}`])))

/** True if a sentence waits itself until its request is granted. */
const isGrantedItself = ({ verb }: Step): boolean =>
  verb.becomes === "logged in" || /says|joins|leaves|logs\|log out/.test(verb.sentence)

/** A pattern as the object that it looks for; what is not literal in it is described. */
const valueOf = (pattern: Pattern, texts: Catalogue): Json => {
  const within = (inner: Pattern) => valueOf(inner, texts)
  switch (pattern._tag) {
    case "Literal":
      return pattern.value
    case "Anything":
      return "…"
    case "List":
      return pattern.items.map(within)
    case "InAnyOrder":
      return pattern.patterns.map(within)
    case "Object":
      return Object.fromEntries(pattern.fields.map(([key, value]) => [key, within(value)]))
    default:
      return describe(pattern, texts.patterns)
  }
}

/** What a sentence says of its subject. */
const predicateOf = (step: Step): string => {
  const { onlyPrograms } = step.verb
  const shown = onlyPrograms === true && step.value !== undefined ? [step.value].flat() : []
  return [predicateIn(step), ...shown.map((value) => show(value, 40))].join(" ")
}

const predicateIn = ({ sentence, subject }: Step): string => {
  const first =
    subject?._tag === "Everyone" ? "everyone" : subject?._tag === "EveryoneElse" ? "everyone else" : ""
  if (first !== "" && sentence.startsWith(first)) return sentence.slice(first.length).trim()
  const names = subject !== undefined && "names" in subject ? subject.names : []
  const last = names.at(-1) ?? ""
  const at = sentence.indexOf(last)
  const rest = last === "" || at === -1 ? sentence : sentence.slice(at + last.length)
  return rest.replace(/^['’]s/, "").trim()
}
