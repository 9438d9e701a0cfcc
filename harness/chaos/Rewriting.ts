import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  type YAMLMap,
  type YAMLSeq
} from "yaml"
import type { ClauseId } from "../language/Clauses.ts"
import { flatten } from "../scenario/Carriers.ts"
import type { Scenario } from "../scenario/Scenario.ts"
import type { Step } from "../verbs/Step.ts"
import { Members } from "../scenario/Members.ts"
import { Sentences } from "./Sentences.ts"

/** A step where it stands in a file, and who is there by then. */
export interface Place {
  readonly node: Node
  readonly step: Step
  /** The actors it is about; none where only the play can tell. */
  readonly actors: ReadonlyArray<string>
  readonly members: Members
  /** True if no block is around it. */
  readonly isOutside: boolean
  /** The step after it in the same list. */
  readonly next: Step | undefined
}

/** The steps that stand in the place of one, and those that come after the next. */
interface Replacement {
  readonly steps: ReadonlyArray<Node>
  readonly afterNext?: ReadonlyArray<Node>
}

/** A way to write a scenario anew. */
export interface Rewriting {
  /** What is said of it behind the title. */
  readonly remark: string
  /** The clause that it proves; without one, what the scenario proves already. */
  readonly clause: ClauseId | undefined
  /** Milliseconds by which every bound grows. */
  readonly moreMillis: number
  /** Gives what stands in the place of a step, or `undefined` where that stays. */
  readonly replace: (place: Place, write: Sentences) => Replacement | undefined
}

/** The text of a scenario that was written anew, with a comment above it; `undefined` where it says the same as before. */
export const rewrite = (scenario: Scenario, rewriting: Rewriting, comment: string): string | undefined => {
  const document = parseDocument(scenario.text, { merge: false, uniqueKeys: false })
  const writer = new Rewriter(scenario, rewriting, document)
  for (const part of ["before", "steps", "after"]) {
    const steps = document.get(part)
    if (isSeq(steps)) writer.walk(steps, true)
  }
  if (!writer.hasChanged) return undefined
  const { clause, moreMillis, remark } = rewriting
  document.set("scenario", `${scenario.title}, ${remark}`)
  document.set("level", scenario.level)
  if (moreMillis > 0) document.set("within", millis(scenario.withinMillis + moreMillis))
  if (clause !== undefined) document.set("proves", document.createNode([clause], { flow: true }))
  document.commentBefore = ` ${comment}`
  return document.toString({ lineWidth: 100 }).replace(schemaOfEditors, "")
}

/** The line that leads editors to the schema, from the folder that the scenario stands in. */
const schemaOfEditors = /^# yaml-language-server:.*\n/m

class Rewriter {
  hasChanged = false
  private readonly rewriting: Rewriting
  private readonly write: Sentences
  private readonly members: Members
  private readonly stepAt: ReadonlyMap<number, Step>

  constructor(scenario: Scenario, rewriting: Rewriting, document: Document) {
    this.rewriting = rewriting
    this.write = new Sentences(document)
    this.members = new Members(scenario.cast)
    const steps = flatten([...scenario.before, ...scenario.steps, ...scenario.after])
    this.stepAt = new Map(steps.toReversed().map(({ step }) => [step.offset, step]))
  }

  /** Goes through a list of steps that are played one after the other. */
  walk(list: YAMLSeq, isOutside: boolean): void {
    const { members } = this
    let delayed: ReadonlyArray<Node> = []
    const nodes = list.items as ReadonlyArray<Node>
    list.items = nodes.flatMap((node, index) => {
      const step = this.stepOf(node)
      if (step === undefined) return node
      if (isMap(node)) this.adapt(node, step)
      const waiting = delayed
      const next = this.stepOf(nodes[index + 1])
      const actors = isOfLoop(step, node) ? [] : members.subjectsOf(step)
      const made = this.rewriting.replace({ node, step, actors, members, isOutside, next }, this.write)
      this.hasChanged ||= made !== undefined
      delayed = made?.afterNext ?? []
      members.follow(step)
      this.enter(node, step)
      return (made?.steps ?? [node]).concat(waiting)
    })
  }

  /** Goes into the blocks of a step; what is played together is only followed. */
  private enter(node: Node, step: Step): void {
    const blocks = step.verb.steps?.(step) ?? []
    if (step.verb.simultaneous === true) {
      for (const { step } of flatten(blocks.flat())) this.members.follow(step)
    } else if (isMap(node)) {
      const body = node.items.map(({ value }) => value).find(isMap)
      const steps = body?.get("steps")
      if (isSeq(steps)) this.walk(steps, false)
    }
  }

  private stepOf(node: Node | undefined): Step | undefined {
    if (node === undefined || isAlias(node)) return undefined
    if (!isMap(node)) return this.stepAt.get(node.range?.[0] ?? -1)
    const keys = node.items.map(({ key }) => this.stepAt.get((key as Node).range?.[0] ?? -1))
    return keys.find((step) => step !== undefined)
  }

  /** Lets the options of a step be those of the new scenario: what it proves, and how long it waits. */
  private adapt(node: YAMLMap, { verb, withinMillis }: Step): void {
    const { clause, moreMillis } = this.rewriting
    const behind = verb.value === undefined ? node.items.map(({ value }) => value).filter(isMap) : []
    for (const options of [node, ...behind]) {
      if (clause !== undefined) options.delete("proves")
      if (withinMillis !== undefined && options.has("within"))
        options.set("within", millis(withinMillis + moreMillis))
    }
    const [pair] = node.items
    if (behind.length > 0 && isPair(pair) && isMap(pair.value) && pair.value.items.length === 0)
      pair.value = null
  }
}

/** True if the subject of a step is the variable of a loop. */
const isOfLoop = (step: Step, node: Node): boolean => {
  const key = isMap(node) ? node.items.map(({ key }) => key) : [node]
  return key.some((one) => isScalar(one) && String(one.value).includes("<") && step.subject !== undefined)
}

const millis = (ms: number): string => `${Math.ceil(ms)}ms`
