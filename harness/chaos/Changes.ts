import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { listed } from "../Format.ts"
import { actorsOf } from "../language/Subject.ts"
import { encode, field, fill, type Template } from "../language/Template.ts"
import { flatten } from "../scenario/Carriers.ts"
import { parseSentence } from "../scenario/Grammar.ts"
import type { Scenario } from "../scenario/Scenario.ts"
import { grants, patternsOf, sentBy } from "../scenario/StepFacts.ts"
import type { Step } from "../verbs/Step.ts"
import type { Place, Rewriting } from "./Rewriting.ts"

/** A change of a scenario that keeps its meaning: whatever a correct server does then, it does under the change. */
export interface Change {
  /** The word that asks for it. */
  readonly kind: Kind
  /** A word for the name of the file that it makes. */
  readonly name: string
  /** True if it cuts what is sent, so that it matters what stands in the messages. */
  readonly cuts?: boolean
  readonly of: (scenario: Scenario, seed: number) => Rewriting
}

/** The kinds of changes, by the words that ask for them. */
export const kinds = ["slice", "merge", "delay", "reconnect"] as const
export type Kind = (typeof kinds)[number]

/** All changes, in the order they are played. */
export const changes: ReadonlyArray<Change> = [
  {
    kind: "slice",
    name: "slice",
    cuts: true,
    of: (scenario, seed) => {
      const longest = Math.max(0, ...stepsOf(scenario).map(bytesSent))
      const bytes = Math.max(
        pick(1, sliceBytesMax, `${seed} ${scenario.title}`),
        Math.ceil(longest / piecesMax)
      )
      return {
        remark: `cut into segments of ${bytes === 1 ? "a byte" : `${bytes} bytes`}`,
        clause: "FRAME-1",
        moreMillis: waitsOf(scenario) * piecesMax * pieceMillisMax,
        replace: throughNetwork(scenario, () => ({ slice: bytes, delay: `${pieceMillis}ms` }))
      }
    }
  },
  {
    kind: "merge",
    name: "merge",
    of: () => ({
      remark: "each request together with a list",
      clause: "FRAME-2",
      moreMillis: 0,
      replace: merged(undefined)
    })
  },
  {
    kind: "merge",
    name: "merge-bare",
    of: () => ({
      remark: "each request together with a list, with nothing between",
      clause: "FRAME-9",
      moreMillis: 0,
      replace: merged("")
    })
  },
  {
    kind: "delay",
    name: "delay",
    of: (scenario, seed) => ({
      remark: "each client late in its own way",
      clause: undefined,
      moreMillis: waitsOf(scenario) * 2 * delayMillisMax,
      replace: throughNetwork(scenario, (actor) => ({
        delay: `${pick(1, delayMillisMax, `${seed} ${scenario.title} ${actor}`)}ms`
      }))
    })
  },
  {
    kind: "reconnect",
    name: "reconnect",
    of: ({ needs }) => ({
      remark: "with a client that is cut off and comes back",
      clause: "LEAVE-2",
      moreMillis: 0,
      replace: needs.some((need) => need !== "alone") ? () => undefined : reconnected()
    })
  }
]

/** Lays a bad network before every client that comes in outside of all blocks and has something to send. */
const throughNetwork =
  (scenario: Scenario, faultsOf: (actor: string) => unknown): Rewriting["replace"] =>
  ({ actors, isOutside, members, node, step }, write) => {
    const { becomes, connects, logsIn } = step.verb
    if (connects !== true || !isOutside || actors.length > clientsMax) return undefined
    const coming = actors.filter(
      (actor) => (!members.isConnected(actor) || becomes === "connected") && sendsLater(actor, step, scenario)
    )
    if (coming.length === 0) return undefined
    const { subject } = parseSentence(step.sentence)!
    const named = (some: ReadonlyArray<string>) => (some.length === actors.length ? subject! : listed(some))
    const byFaults = Map.groupBy(coming, (actor) => JSON.stringify(faultsOf(actor)))
    const networks = [...byFaults].map(([faults, some]) =>
      write.step(`${named(some)}'s network`, JSON.parse(faults) as unknown)
    )
    return logsIn === true
      ? { steps: [write.step(sentence(named(coming), "connect")), ...networks, node] }
      : { steps: [node, ...networks] }
  }

/** Glues each request of a member that waits for nothing to a `list` before it and, where its answer is sure, one behind it. */
const merged =
  (between: "" | undefined): Rewriting["replace"] =>
  (place, write) => {
    const { actors, members, node, step } = place
    const [request, ...more] = sentBy(step)
    const usernames = actors.flatMap((actor) => members.usernameOf(actor) ?? [])
    const [username] = usernames
    if (username === undefined || request === undefined || more.length > 0) return undefined
    if (usernames.length < actors.length) return undefined
    const subject = parseSentence(step.sentence)!.subject!
    const receives = sentence(subject, "receive")
    const glued = (requests: ReadonlyArray<unknown>, options?: ReadonlyArray<string>) => {
      const sent = write.instead(node, sentence(subject, "send together"), write.flow(requests), options)
      if (between !== undefined) sent.set("between", between)
      return sent
    }
    const value = write.valueOf(node)
    switch (step.verb.sentence) {
      case "{subject} says|say": {
        if (actors.length > 1 || Object.keys(step.options).length > 0) return undefined
        const own = { type: "message", username, content: value }
        const replies = write.flow([usersReply, { status: "success" }, usersReply])
        return { steps: [glued([list, own, list], []), write.instead(node, receives, replies)] }
      }
      case "{subject} sends|send": {
        const told = () => write.step(receives, usersReply)
        return isGrantedNext(request, place)
          ? { steps: [glued([list, value, list]), told()], afterNext: [told()] }
          : { steps: [glued([list, value]), told()] }
      }
      default:
        return undefined
    }
  }

/** Cuts off the client that came last, once it has logged in or is known to have heard everything, and lets it log in again. */
const reconnected = (): Rewriting["replace"] => {
  let last: string | undefined
  return ({ actors, isOutside, members, node, step }, write) => {
    const actor = actors.at(-1)
    const hasLoggedIn = step.verb.becomes === "logged in" && step.verb.bringsIn === true
    if (hasLoggedIn) last = actor
    if (!isOutside || actor === undefined || actor !== last) return undefined
    const hasHeardAll = step.verb.sentence === heardAll && members.usernameOf(actor) !== undefined
    if (!hasLoggedIn && !hasHeardAll) return undefined
    const username = hasLoggedIn
      ? String(step.name?._tag === "Literal" ? step.name.value : actor)
      : members.usernameOf(actor)!
    const as = username === actor ? "" : ` as ${username}`
    return {
      steps: [node, write.step(`${actor} is cut off`), write.step(`${actor} keeps trying to log in${as}`)]
    }
  }
}

const heardAll = "{subject} receives|receive nothing"

const list = { type: "list" }
const usersReply = { status: "success", users: "$_" }

/** Whether the step after a request is that its sender, and nobody else, is told of its success. */
const isGrantedNext = (request: Template, { actors, members, next }: Place): boolean => {
  if (next?.verb.sentence !== "{subject} receives|receive" || field(request, "type") === "logout")
    return false
  const patterns = patternsOf(next)
  const subjects = members.subjectsOf(next)
  return subjects.join() === actors.join() && patterns.length === 1 && grants(patterns[0]!)
}

/** A sentence with its verb in the number of its subject. */
const sentence = (subject: string, verb: string): string => {
  const [first = "", ...rest] = verb.split(" ")
  return [subject, subject.includes(" and ") ? first : `${first}s`, ...rest].join(" ")
}

const stepsOf = (scenario: Scenario): ReadonlyArray<Step> =>
  flatten([...scenario.before, ...scenario.steps, ...scenario.after]).map(({ step }) => step)

const bytesSent = (step: Step): number =>
  sentBy(step).reduce((sum, request) => sum + encode(fill(request, new Map())).length, 0)

/** True if a client has something to send, and nothing that a server may hang up at before it has read it all. */
const sendsLater = (actor: string, from: Step, scenario: Scenario): boolean => {
  const own = stepsOf(scenario).filter(({ offset, subject }) => {
    const isMeant = subject?._tag === "Actors" ? subject.names.includes(actor) : subject !== undefined
    return isMeant && offset >= from.offset
  })
  const isRaw = own.some(({ verb }) => verb.theme === "raw bytes")
  return !isRaw && own.some(({ verb }) => verb.sends !== undefined || verb.logsIn === true)
}

/** The requests that a step may have to wait for, its fences included, one after the other. */
const waitsOf = ({ cast }: Scenario): number => 4 * Math.max(2, actorsOf(cast).length)

const pick = (min: number, max: number, seed: string): number =>
  Effect.runSync(Random.withSeed(Random.nextIntBetween(min, max), seed))

/** Bytes of the largest segment, unless a request would then need too many. */
const sliceBytesMax = 8
/** Segments of one step, and the time between them, so that a server can read each by itself. */
const piecesMax = 16
const pieceMillis = 1
/** The longest that a segment takes on a busy machine. */
const pieceMillisMax = 8
const delayMillisMax = 12
/** More clients than that come in as they are: a sentence for each would be a scenario of its own. */
const clientsMax = 16
