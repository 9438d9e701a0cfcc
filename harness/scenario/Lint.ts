import { asksForName, grants, looksAt, namesWanted, patternsOf, sentBy } from "./StepFacts.ts"
import { uncarried } from "./Carriers.ts"
import { whyNotSaid } from "./AtPrograms.ts"
import { clauses } from "../language/Clauses.ts"
import { capturesSent, inAll, inOne } from "../language/Captures.ts"
import { Departures } from "./Departures.ts"
import type { Scenario } from "./Scenario.ts"
import type { Source } from "../yaml/Source.ts"
import type { Standing, Step } from "../verbs/Step.ts"
import { field } from "../language/Template.ts"
import { listed } from "../Format.ts"
import { Wishes } from "./Wishes.ts"
import { actorsOf } from "../language/Subject.ts"

/** Connections that a must scenario may use: students write `listen(5)`, and CONC-1 asks for eight. */
const mustClientsMax = 8

/**
 * Follows the steps of a scenario in file order, without playing them, and notes what cannot be meant or could not be
 * judged fairly: acting without a connection, values that are nowhere bound, races with the server's own bookkeeping.
 */
export const lint = (
  scenario: Scenario,
  source: Source,
  offsetOf: (key: string) => number = () => 0
): void => {
  const linter = new Linter(scenario, source)
  linter.header(offsetOf)
  linter.walk([...scenario.before, ...scenario.steps, ...scenario.after])
}

/** The state of an actor, as far as the file has told it. */
interface Status {
  readonly standing: Standing
  /** The line that made it so. */
  readonly line: number
  /** Where it has stopped reading, has closed its sending side, has sent an object that lacks its rest. */
  readonly deafSince: number | undefined
  readonly closedSince: number | undefined
  readonly partSince: number | undefined
  /** The name it would log in with, or has. */
  readonly username: string | undefined
  /** True if it has been logged in, as far as anybody can tell. */
  readonly wasMember: boolean
}

const unknown: Status = {
  standing: "new",
  line: 0,
  deafSince: undefined,
  closedSince: undefined,
  partSince: undefined,
  username: undefined,
  wasMember: false
}

class Linter {
  private readonly scenario: Scenario
  private readonly source: Source
  private readonly actors: ReadonlyArray<string>
  private readonly statuses = new Map<string, Status>()
  private readonly departures = new Departures()
  private readonly wishes: Wishes
  private bound: ReadonlySet<string> = new Set()
  private speakers: ReadonlyArray<string> = []
  private oneOfSeen = false
  private depth = 0

  constructor(scenario: Scenario, source: Source) {
    this.scenario = scenario
    this.source = source
    this.wishes = new Wishes(scenario.needs)
    this.actors = actorsOf(scenario.cast)
  }

  header(offsetOf: (key: string) => number): void {
    const { level, proves } = this.scenario
    if (level === "must" && this.actors.length > mustClientsMax)
      this.source.note(
        offsetOf("cast"),
        `a must scenario uses at most ${mustClientsMax} clients, this one has ${this.actors.length}`
      )
    const softer = proves.find((clause) => level === "must" && clauses[clause] !== "must")
    if (softer !== undefined)
      this.source.note(
        offsetOf("proves"),
        `${softer} is a ${clauses[softer]} clause, so a must scenario cannot prove it`
      )
    const [idle] = uncarried(this.scenario)
    if (idle !== undefined && softer === undefined)
      this.source.note(offsetOf("proves"), `no step can fail ${idle}, so nothing here proves it`)
  }

  walk(steps: ReadonlyArray<Step>): void {
    for (const step of steps) this.visit(step)
  }

  private visit(step: Step): void {
    const subjects = this.subjectsOf(step)
    this.checkProves(step)
    this.checkProgram(step)
    this.checkStanding(step, subjects)
    this.checkChannel(step, subjects)
    this.checkGone(step)
    this.checkSends(step, subjects)
    for (const race of this.departures.follow(step, subjects)) this.note(step, race)
    for (const problem of this.wishes.follow(step, subjects)) this.note(step, problem)
    this.bindCaptures(step)
    this.follow(step, subjects)
    if (step.verb.simultaneous === true) this.walkTogether(step)
    else this.walkTurns(step)
  }

  /** Each turn of a loop has captures of its own, which nobody knows after it. */
  private walkTurns(step: Step): void {
    const { bound } = this
    for (const turn of step.verb.steps?.(step) ?? []) {
      this.walk(turn)
      this.bound = bound
    }
  }

  /** A branch cannot count on what another one binds; after all of them, everything is bound. */
  private walkTogether(step: Step): void {
    const { bound, speakers } = this
    this.depth++
    this.speakers = []
    const afterwards = new Set(bound)
    for (const branch of step.verb.steps?.(step) ?? []) {
      this.bound = bound
      this.walk(branch)
      for (const name of this.bound) afterwards.add(name)
    }
    this.bound = afterwards
    this.depth--
    if (this.speakers.length === 0) this.speakers = speakers
  }

  private note(step: Step, message: string): void {
    this.source.note(step.offset, message)
  }

  /** The actors that a step is about, as far as the file tells; `one of` leaves it open, so there are none. */
  private subjectsOf(step: Step): ReadonlyArray<string> {
    const connected = () => this.actors.filter((actor) => this.isConnected(actor))
    switch (step.subject?._tag) {
      case "Actors":
        return step.subject.names
      case "Everyone": {
        const all = step.verb.needs === "connected" ? connected() : this.actors
        if (all.length === 0) this.note(step, "`everyone` means nobody here: no actor is connected")
        return all
      }
      case "EveryoneElse":
        return this.everyoneElse(step)
      case "OneOf":
        this.oneOfSeen = true
        if (step.verb.expects !== true)
          this.note(
            step,
            '"one of" works only in sentences that wait for something, such as "receives" and "is refused"'
          )
        return []
      case "Others":
        if (!this.oneOfSeen) this.note(step, '"the other" needs an earlier step with "one of"')
        return []
      default:
        return []
    }
  }

  private everyoneElse(step: Step): ReadonlyArray<string> {
    if (this.speakers.length === 0)
      this.note(step, "`everyone else` needs someone who has sent a message before")
    if (this.speakers.length > 1)
      this.note(
        step,
        `"everyone else" is ambiguous here: ${listed(this.speakers)} have sent messages; name the actors you mean`
      )
    const others = this.actors.filter(
      (actor) =>
        !this.speakers.includes(actor) &&
        this.statusOf(actor).deafSince === undefined &&
        ["logged in", "trying"].includes(this.standingOf(actor))
    )
    if (others.length === 0 && this.speakers.length === 1)
      this.note(step, "`everyone else` means nobody here")
    return others
  }

  private statusOf(actor: string): Status {
    return this.statuses.get(actor) ?? unknown
  }

  private standingOf(actor: string): Standing {
    return this.statusOf(actor).standing
  }

  private isConnected(actor: string): boolean {
    return !["new", "gone"].includes(this.standingOf(actor))
  }

  private checkProves(step: Step): void {
    const stray = step.proves.find((clause) => !this.scenario.proves.includes(clause))
    if (stray !== undefined)
      this.note(step, `${stray} is not in the \`proves\` of this scenario; add it there`)
  }

  private checkProgram(step: Step): void {
    const why = whyNotSaid(step, this.scenario.programs)
    if (why !== undefined) this.note(step, why)
  }

  private checkStanding(step: Step, subjects: ReadonlyArray<string>): void {
    const must = this.scenario.level === "must"
    const { becomes, connects, needs, sends } = step.verb
    for (const actor of subjects) {
      const { line, standing } = this.statusOf(actor)
      if (needs === "connected" && standing === "new")
        this.note(
          step,
          `${actor} acts before connecting; add "${actor} connects" or "${actor} logs in" before this step`
        )
      if (needs === "connected" && standing === "gone")
        this.note(
          step,
          `${actor} has left (line ${line}); add "${actor} connects" or "${actor} logs in" before this step`
        )
      if (needs === "gone" && ["connected", "trying", "logged in"].includes(standing))
        this.note(
          step,
          `${actor} is already connected (line ${line}); "${actor} reconnects" opens a new connection`
        )
      if (becomes === "logged in" && standing === "logged in" && needs !== "gone")
        this.note(
          step,
          `${actor} is already logged in (line ${line}); for a login that is refused: "${actor} tries to log in"`
        )
      if (must && standing === "refused" && sends !== undefined && needs === "connected")
        this.note(
          step,
          `${actor} was refused (line ${line}), and the server may have closed the connection; add "${actor} reconnects" before this step`
        )
      if (must && this.depth > 0 && !this.isConnected(actor) && connects === true)
        this.note(
          step,
          "the actors of a must scenario connect one after another; connect them before `at the same time`"
        )
    }
  }

  /** Checks that the connection of each subject lets the step through, with nothing half sent before it. */
  private checkChannel(step: Step, subjects: ReadonlyArray<string>): void {
    const { logsIn, part, reads, sends } = step.verb
    const sending = sends !== undefined || logsIn === true || part === "ends"
    for (const actor of subjects) {
      const { closedSince, deafSince, partSince } = this.statusOf(actor)
      if (part === "ends" && partSince === undefined)
        this.note(step, `${actor} has not sent part of an object before, so there is no rest to send`)
      if (part !== "ends" && sending && partSince !== undefined)
        this.note(
          step,
          `${actor} has sent part of an object (line ${partSince}); add "${actor} sends the rest" before this step`
        )
      if (sending && closedSince !== undefined)
        this.note(step, `${actor} has half-closed (line ${closedSince}), so it can no longer send`)
      if (reads === true && deafSince !== undefined)
        this.note(
          step,
          `${actor} has stopped reading (line ${deafSince}); add "${actor} reads again" before this step`
        )
    }
  }

  /** Only who was there can be seen to be gone. */
  private checkGone(step: Step): void {
    if (step.verb.seesGone !== true) return
    for (const actor of step.other?._tag === "Actors" ? step.other.names : []) {
      const { closedSince, standing, wasMember } = this.statusOf(actor)
      const left = standing === "gone" || closedSince !== undefined
      if (!wasMember) this.note(step, `${actor} was never logged in, so nobody can see it leave`)
      else if (!left) this.note(step, `${actor} has not left before this step`)
    }
  }

  private checkSends(step: Step, subjects: ReadonlyArray<string>): void {
    const sent = sentBy(step)
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
        `${outsider} is connected but not logged in: whether it receives this is not a must (MSG-8); let it leave or log in first`
      )
  }

  private bindCaptures(step: Step): void {
    const patterns = patternsOf(step)
    const { matches } = step.verb
    const groups = matches === undefined ? patterns.map((pattern) => [pattern]) : [patterns]
    for (const group of groups) {
      const { binds, needs } = matches === "one" ? inOne(group) : inAll(group)
      for (const name of needs)
        if (!this.bound.has(name))
          this.note(step, `$${name} is not bound before this step, so "not" cannot look at it`)
      if (matches !== "maybe none") this.bound = new Set([...this.bound, ...binds])
    }
  }

  /** Notes the state of the subjects after the step. */
  private follow(step: Step, subjects: ReadonlyArray<string>): void {
    if (step.verb.restarts === true) {
      for (const actor of this.actors.filter((one) => this.isConnected(one)))
        this.statuses.set(actor, { ...unknown, standing: "gone", line: step.line, wasMember: true })
      this.departures.clear()
    }
    for (const actor of subjects) this.followOne(step, actor)
  }

  private followOne(step: Step, actor: string): void {
    const { line, verb } = step
    const before = this.statusOf(actor)
    const standing = after(step, before.standing)
    const mayBeMember = ["logged in", "trying"].includes(before.standing)
    const leaves = verb.leaves === true || standing === "gone"
    const anew = verb.connects === true && (verb.leaves === true || !this.isConnected(actor))
    const since = (begins: boolean, ends: boolean, earlier: number | undefined) =>
      begins ? line : anew || ends || standing === "gone" ? undefined : earlier
    const [login] = before.standing === "logged in" ? [] : namesWanted(step, [actor])
    this.statuses.set(actor, {
      standing,
      line: standing === before.standing ? before.line : line,
      deafSince: since(verb.reading === "stops", verb.reading === "resumes", before.deafSince),
      closedSince: since(verb.writing === "stops", false, before.closedSince),
      partSince: since(verb.part === "begins", verb.part === "ends", before.partSince),
      username: login ?? before.username,
      wasMember: before.wasMember || standing === "logged in" || (leaves && mayBeMember)
    })
    if (verb.leaves === true && mayBeMember && before.username !== undefined)
      this.departures.add(before.username, actor, line)
  }
}

/** The state of an actor after a step, from its state before. */
const after = (step: Step, before: Standing): Standing => {
  const { becomes } = step.verb
  if (asksForName(step) && before !== "logged in") return becomes === "logged in" ? becomes : "trying"
  if (before === "trying") {
    const answer = patternsOf(step).find((pattern) => looksAt(pattern, "status"))
    if (answer !== undefined) return grants(answer) ? "logged in" : "connected"
  }
  return becomes === "refused" && before === "logged in" ? before : (becomes ?? before)
}
