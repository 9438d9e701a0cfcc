import { clauses } from "./Clauses.ts"
import { capturesIn, capturesSent } from "./Captures.ts"
import { match, Mismatch, type ObjectPattern } from "./Pattern.ts"
import type { Scenario } from "./Scenario.ts"
import type { Source } from "./Source.ts"
import type { Standing, Step } from "./Step.ts"
import { field } from "./Template.ts"
import { listed } from "./Text.ts"
import { actorsOf } from "./Who.ts"

/** Connections that a must scenario may use: students write `listen(5)`, and CONC-1 asks for eight. */
const mustClientsMax = 8

/**
 * Follows the steps of a scenario in file order, without playing them, and notes what cannot be meant or could not be
 * judged fairly: acting without a connection, values that are nowhere bound, races with the server's own bookkeeping.
 */
export const lint = (scenario: Scenario, source: Source): void => {
  const linter = new Linter(scenario, source)
  linter.header()
  linter.walk([...scenario.before, ...scenario.steps, ...scenario.after])
}

class Linter {
  private readonly scenario: Scenario
  private readonly source: Source
  private readonly actors: ReadonlyArray<string>
  private readonly standings = new Map<string, { readonly standing: Standing; readonly line: number }>()
  /** The name each actor would log in with, or has. */
  private readonly usernames = new Map<string, string>()
  /** Names whose owners have left without anybody having seen that the server noticed. */
  private readonly departures = new Map<string, { readonly actor: string; readonly line: number }>()
  /** Actors with an object that lacks its rest. */
  private readonly parts = new Set<string>()
  private readonly bound = new Set<string>()
  private speakers: ReadonlyArray<string> = []
  private oneOfSeen = false
  private depth = 0

  constructor(scenario: Scenario, source: Source) {
    this.scenario = scenario
    this.source = source
    this.actors = actorsOf(scenario.cast)
  }

  header(): void {
    const { level, line, proves } = this.scenario
    const at = this.source.offsetOf(line)
    if (level === "must" && this.actors.length > mustClientsMax)
      this.source.note(
        at,
        `a must scenario uses at most ${mustClientsMax} clients, this one has ${this.actors.length}`
      )
    const softer = proves.find((clause) => level === "must" && clauses[clause] !== "must")
    if (softer !== undefined)
      this.source.note(at, `${softer} is a ${clauses[softer]} clause, so a must scenario cannot prove it`)
  }

  walk(steps: ReadonlyArray<Step>): void {
    for (const step of steps) this.visit(step)
  }

  private visit(step: Step): void {
    const subjects = this.subjectsOf(step)
    this.checkProves(step)
    this.checkStanding(step, subjects)
    this.checkParts(step, subjects)
    this.checkSends(step, subjects)
    this.checkDepartures(step, subjects)
    this.bindCaptures(step)
    this.follow(step, subjects)
    const inner = step.verb.steps?.(step)
    if (inner === undefined) return
    const together = step.verb.simultaneous === true
    const before = this.speakers
    if (together) {
      this.depth++
      this.speakers = []
    }
    for (const steps of inner) this.walk(steps)
    if (!together) return
    this.depth--
    if (this.speakers.length === 0) this.speakers = before
  }

  private note(step: Step, message: string): void {
    const { column, line } = this.source.position(step.offset)
    const known = this.source.mistakes.some(
      (mistake) => mistake.line === line && mistake.column === column && mistake.message === message
    )
    if (!known) this.source.note(step.offset, message)
  }

  /** Whom a step is about, as far as the file tells; what `one of` leaves open is nobody. */
  private subjectsOf(step: Step): ReadonlyArray<string> {
    const connected = () => this.actors.filter((actor) => this.isConnected(actor))
    switch (step.who?._tag) {
      case "Actors":
        return step.who.names
      case "Everyone": {
        const all = step.verb.needs === "connected" ? connected() : this.actors
        if (all.length === 0) this.note(step, "`everyone` is nobody here: no one is connected")
        return all
      }
      case "EveryoneElse":
        return this.everyoneElse(step)
      case "OneOf":
        this.oneOfSeen = true
        if (step.verb.expects !== true)
          this.note(
            step,
            '"one of" goes with sentences that wait for something, such as receives and is refused'
          )
        return []
      case "Others":
        if (!this.oneOfSeen) this.note(step, '"the other" needs a step with "one of" before it')
        return []
      default:
        return []
    }
  }

  private everyoneElse(step: Step): ReadonlyArray<string> {
    if (this.speakers.length === 0)
      this.note(step, "`everyone else` needs somebody who has sent a message before")
    if (this.speakers.length > 1)
      this.note(
        step,
        `"everyone else" is unclear here: ${listed(this.speakers)} have spoken; name those you mean`
      )
    const others = this.actors.filter(
      (actor) => !this.speakers.includes(actor) && ["logged in", "trying"].includes(this.standingOf(actor))
    )
    if (others.length === 0 && this.speakers.length === 1) this.note(step, "`everyone else` is nobody here")
    return others
  }

  private standingOf(actor: string): Standing {
    return this.standings.get(actor)?.standing ?? "new"
  }

  private isConnected(actor: string): boolean {
    return !["new", "gone"].includes(this.standingOf(actor))
  }

  private checkProves(step: Step): void {
    const stray = step.proves.find((clause) => !this.scenario.proves.includes(clause))
    if (stray !== undefined)
      this.note(step, `${stray} is not among the clauses that this scenario proves; add it to them`)
  }

  private checkStanding(step: Step, subjects: ReadonlyArray<string>): void {
    const { level } = this.scenario
    for (const actor of subjects) {
      const { line, standing } = this.standings.get(actor) ?? { standing: "new", line: 0 }
      if (step.verb.needs === "connected" && standing === "new")
        this.note(
          step,
          `${actor} acts before it connects; add "${actor} connects" or "${actor} logs in" before`
        )
      if (step.verb.needs === "connected" && standing === "gone")
        this.note(
          step,
          `${actor} has left (line ${line}); add "${actor} connects" or "${actor} logs in" before`
        )
      if (step.verb.needs === "gone" && ["connected", "trying", "logged in"].includes(standing))
        this.note(
          step,
          `${actor} is connected already (line ${line}); "${actor} reconnects" opens a new connection`
        )
      if (
        level === "must" &&
        standing === "refused" &&
        step.verb.sends !== undefined &&
        step.verb.needs === "connected"
      )
        this.note(
          step,
          `${actor} was refused (line ${line}), and a server may end the connection then; add "${actor} reconnects" before`
        )
      if (level === "must" && this.depth > 0 && !this.isConnected(actor) && step.verb.connects === true)
        this.note(step, "must scenarios connect one after another; connect before `at the same time`")
    }
  }

  /** The rest of an object needs a part of it, sent on the same connection. */
  private checkParts(step: Step, subjects: ReadonlyArray<string>): void {
    for (const actor of subjects) {
      if (step.verb.part === "ends" && !this.parts.has(actor))
        this.note(step, `${actor} has sent no part of an object before, so there is no rest`)
      if (step.verb.part === "begins") this.parts.add(actor)
      else if (step.verb.part === "ends" || step.verb.becomes === "gone" || step.verb.bringsIn === true)
        this.parts.delete(actor)
    }
  }

  private checkSends(step: Step, subjects: ReadonlyArray<string>): void {
    const sent = step.verb.sends?.(step) ?? []
    for (const name of [...sent, ...(step.name === undefined ? [] : [step.name])].flatMap(capturesSent))
      if (!this.bound.has(name))
        this.note(step, `$${name} is not bound before this step, so there is nothing to send`)
    if (!sent.some((request) => field(request, "type") === "message")) return
    this.speakers = this.depth > 0 ? [...new Set([...this.speakers, ...subjects])] : subjects
    const joining = namesWanted(step, subjects).length > 0 ? subjects : []
    const outsider = this.actors.find(
      (actor) => ["connected", "refused"].includes(this.standingOf(actor)) && !joining.includes(actor)
    )
    if (this.scenario.level === "must" && outsider !== undefined)
      this.note(
        step,
        `${outsider} is connected but not logged in: whether it receives this is not a must (MSG-8); let it leave or log in before`
      )
  }

  /** Whoever left without a word is still on the server's books for a while. */
  private checkDepartures(step: Step, subjects: ReadonlyArray<string>): void {
    const seen = step.other?._tag === "Actors" ? step.other.names : []
    const told = new Set(patternsOf(step).flatMap(toldToBeGone))
    for (const [username, { actor }] of this.departures)
      if (seen.includes(actor) || told.has(username)) this.departures.delete(username)
    const wanted = namesWanted(step, subjects)
    if (step.verb.retries === true) {
      for (const username of wanted) this.departures.delete(username)
      if (wanted.length === 0) this.departures.clear()
      return
    }
    for (const username of wanted) {
      const departure = this.departures.get(username)
      if (departure !== undefined)
        this.note(
          step,
          `the server may not have noticed yet that ${departure.actor} left (line ${departure.line}); write "${subjects[0]} keeps trying to log in as ${username}", or let somebody see that ${departure.actor} is gone before`
        )
    }
    const departure = [...this.departures.values()].find(({ actor }) => !subjects.includes(actor))
    if (
      departure !== undefined &&
      patternsOf(step).some(({ fields }) => fields.some(([key]) => key === "users"))
    )
      this.note(
        step,
        `the server may not have noticed yet that ${departure.actor} left (line ${departure.line}); let somebody see that ${departure.actor} is gone before asking who is there`
      )
  }

  private bindCaptures(step: Step): void {
    for (const pattern of patternsOf(step)) {
      const { binds, needs } = capturesIn(pattern)
      for (const name of needs)
        if (!this.bound.has(name))
          this.note(step, `$${name} is not bound before this step, so "not" cannot look at it`)
      for (const name of binds) this.bound.add(name)
    }
  }

  /** What the subjects are after the step. */
  private follow(step: Step, subjects: ReadonlyArray<string>): void {
    const { line, verb } = step
    if (verb.restarts === true) {
      for (const actor of this.actors)
        if (this.isConnected(actor)) this.standings.set(actor, { standing: "gone", line })
      this.departures.clear()
    }
    for (const actor of subjects) {
      const before = this.standingOf(actor)
      const after = this.after(step, actor, before)
      if (after !== before) this.standings.set(actor, { standing: after, line })
      const username = this.usernames.get(actor)
      if (verb.leaves === true && ["logged in", "trying"].includes(before) && username !== undefined)
        this.departures.set(username, { actor, line })
    }
  }

  private after(step: Step, actor: string, before: Standing): Standing {
    const [login] = namesWanted(step, [actor])
    if (login !== undefined && before !== "logged in") {
      this.usernames.set(actor, login)
      return step.verb.becomes === "logged in" ? "logged in" : "trying"
    }
    if (before === "trying") {
      const answer = patternsOf(step).find(({ fields }) => fields.some(([key]) => key === "status"))
      if (answer !== undefined) return grants(answer) ? "logged in" : "connected"
    }
    if (step.verb.becomes === "refused" && before === "logged in") return before
    return step.verb.becomes ?? before
  }
}

/** The names that a step asks for: by its sentence, or in the requests it sends. */
const namesWanted = (step: Step, subjects: ReadonlyArray<string>): ReadonlyArray<string> => {
  if (step.verb.logsIn === true) {
    if (step.name === undefined) return subjects
    return step.name._tag === "Literal" ? [String(step.name.value)] : []
  }
  return (step.verb.sends?.(step) ?? []).flatMap((request) => {
    const username = field(request, "username")
    return field(request, "type") === "login" && typeof username === "string" ? [username] : []
  })
}

const patternsOf = (step: Step): ReadonlyArray<ObjectPattern> => step.verb.patterns?.(step) ?? []

/** The name that a presence notice tells to be free again (PRES-1). */
const toldToBeGone = ({ fields }: ObjectPattern): ReadonlyArray<string> => {
  const [type, username] = ["type", "username"].map((name) => fields.find(([key]) => key === name)?.[1])
  const left = type?._tag === "Literal" && type.value === "left"
  return left && username?._tag === "Literal" ? [String(username.value)] : []
}

const grants = ({ fields }: ObjectPattern): boolean => {
  const status = fields.find(([key]) => key === "status")?.[1]
  return status !== undefined && !(match(status, "success", new Map()) instanceof Mismatch)
}
