import * as Effect from "effect/Effect"
import { type Actor, type Lane, laneOf } from "../stage/Actor.ts"
import type { Incoming } from "../stage/WireEvent.ts"
import {
  expectation,
  lookAt,
  lookAtEnd,
  nextOf,
  receive,
  seen,
  type Sight,
  waitFor,
  wrong
} from "./Expectation.ts"
import { lost } from "./Contradiction.ts"
import { captionOfEnd } from "../stage/Caption.ts"
import type { Stage } from "../stage/Stage.ts"
import { fail } from "../stage/Finding.ts"
import { fence } from "./Fence.ts"
import { messagePattern } from "../language/Notation.ts"
import { describe, match, Mismatch, type ObjectPattern, place } from "../language/Pattern.ts"
import { oneOrMore } from "../yaml/Shape.ts"
import { type Scene, type Step, verb, type Verb } from "./Step.ts"
import { each, subjectsOf } from "./ResolveSubject.ts"

type Patterns = ReadonlyArray<ObjectPattern>
const patterns = oneOrMore(messagePattern)

/** Sentences that look at what comes in. */
export const receiving: ReadonlyArray<Verb> = [
  verb({
    sentence: "{subject} receives|receive",
    theme: "expecting",
    meaning:
      "the next reply or event matches (or the next ones, for a list): a wrong one fails at once, a missing one at the bound",
    example: "bob receives: { type: message, username: alice, content: hello }",
    value: patterns,
    patterns: (step: Step<Patterns>) => step.value,
    needs: "connected",
    expects: true,
    reads: true,
    play: (step: Step<Patterns>, scene) =>
      Effect.forEach(step.value, (pattern) => receive(pattern)(step, scene), { discard: true })
  }),
  verb({
    sentence: "{subject} receives|receive in any order",
    theme: "expecting",
    meaning: "the next ones match these, in whatever order",
    example: "bob receives in any order: [{ type: message, content: a }, { type: message, content: b }]",
    value: patterns,
    patterns: (step: Step<Patterns>) => step.value,
    needs: "connected",
    reads: true,
    play: each((actor, step: Step<Patterns>, scene) => receiveInAnyOrder(actor, step.value, scene))
  }),
  verb({
    sentence: "{subject} receives|receive one of",
    theme: "expecting",
    meaning: "the next reply or event matches one of these",
    example: "bob receives one of: [{ status: success }, { status: error }]",
    value: patterns,
    patterns: (step: Step<Patterns>) => step.value,
    needs: "connected",
    expects: true,
    reads: true,
    matches: "one",
    play: expectation(
      (actor, step: Step<Patterns>, scene) => lookAtAny(actor, step.value, scene),
      (step: Step<Patterns>, scene) => anyOf(step.value, scene)
    )
  }),
  verb({
    sentence: "{subject} receives|receive in this order",
    theme: "expecting",
    meaning:
      "the next ones match these in this order, replies and events together; nothing else may come between",
    example: "bob receives in this order: [{ status: success }, { type: message }]",
    value: patterns,
    patterns: (step: Step<Patterns>) => step.value,
    needs: "connected",
    reads: true,
    play: each((actor, step: Step<Patterns>, scene) =>
      Effect.forEach(
        step.value,
        (pattern) =>
          waitFor(actor, () => lookStrictly(actor, pattern, scene), told(pattern, scene), scene, {
            lane: laneOf(pattern),
            pattern
          }),
        { discard: true }
      )
    )
  }),
  verb({
    sentence: "{subject} may receive",
    theme: "expecting",
    meaning: "allows it once, to the end of the scenario if unused; never waits",
    example: "bob may receive: { type: message, content: late }",
    value: patterns,
    patterns: (step: Step<Patterns>) => step.value,
    matches: "maybe none",
    play: each((actor, step: Step<Patterns>) => Effect.sync(() => void actor.allowances.push(...step.value)))
  }),
  verb({
    sentence: "{subject} receives|receive nothing",
    theme: "expecting",
    meaning: "nothing is there that was not asked for; proved by a fence, not by waiting",
    example: "alice receives nothing",
    needs: "connected",
    reads: true,
    play: (step, scene) =>
      Effect.flatMap(subjectsOf(step, scene), (actors) =>
        Effect.andThen(
          fence(actors, scene),
          Effect.forEach(actors, (actor) => receivedNothing(actor, scene), { discard: true })
        )
      )
  }),
  verb({
    sentence: "{subject} stays|stay connected",
    theme: "expecting",
    meaning: "the server has not ended the connection; proved by a fence",
    example: "alice stays connected",
    needs: "connected",
    play: (step, scene) =>
      Effect.flatMap(subjectsOf(step, scene), (actors) =>
        Effect.andThen(
          fence(actors, scene),
          Effect.forEach(actors, (actor) => stillConnected(actor, scene.stage), { discard: true })
        )
      )
  })
]

/** Fails where something waits that no step has asked for, or the connection has ended unasked. */
export const receivedNothing = (actor: Actor, scene: Scene) =>
  Effect.suspend(() => {
    const next = nextOf(actor, "any", scene)
    return next === undefined
      ? stillConnected(actor, scene.stage)
      : Effect.fail(fail(wrong(actor, scene.stage.texts.play.nothing, next, scene.stage, undefined).finding))
  })

const stillConnected = (actor: Actor, stage: Stage) =>
  Effect.suspend(() => {
    const { connection } = actor
    if (connection?.ended === undefined || connection.mayEnd) return Effect.void
    return Effect.fail(
      fail({
        actor: actor.name,
        expected: stage.texts.play.staysConnected(actor.name),
        received: captionOfEnd(connection.ended, stage.texts.play),
        breaks: lost(actor, stage),
        lost: true
      })
    )
  })

const told = (pattern: ObjectPattern, { captures, stage }: Scene): string =>
  describe(pattern, stage.texts.patterns, captures.all)

const anyOf = (options: Patterns, scene: Scene): string =>
  scene.stage.texts.patterns.oneOf(options.map((pattern) => told(pattern, scene)).join(", "))

/** The next of each lane that is asked about: any that matches will do. */
const lookAtAny = (actor: Actor, options: Patterns, scene: Scene): Sight => {
  const sights = options.map((pattern) => lookAt(actor, laneOf(pattern), pattern, scene))
  const found = sights.find((sight) => sight?._tag === "Seen")
  if (found !== undefined) return found
  const missed = sights.find((sight) => sight?._tag === "Wrong")
  if (missed?._tag !== "Wrong" || sights.includes(undefined)) return undefined
  return {
    ...missed,
    finding: { ...missed.finding, expected: anyOf(options, scene), hint: undefined } as never
  }
}

/** Nothing is passed over: what comes first has to match, in whichever lane. */
const lookStrictly = (actor: Actor, pattern: ObjectPattern, scene: Scene): Sight => {
  const captures = scene.captures.all
  const next = actor.connection?.inbox[0]
  const expected = told(pattern, scene)
  if (next === undefined) return lookAtEnd(actor, expected, scene.stage)
  const found = match(pattern, next.value, captures)
  return found instanceof Mismatch
    ? wrong(actor, expected, next, scene.stage, pattern, found)
    : seen(actor, next, found, scene)
}

/** Gathers what comes until each pattern has one of its own, or the latest fits nowhere. */
const receiveInAnyOrder = Effect.fnUntraced(function* (actor: Actor, all: Patterns, scene: Scene) {
  const gathered: Array<Incoming> = []
  const lanes = new Set<Lane>(all.map(laneOf))
  const lane = lanes.size > 1 ? "any" : [...lanes][0]!
  const captures = scene.captures.all
  while (gathered.length < all.length) {
    yield* waitFor(
      actor,
      () => lookForAnother(actor, lane, all, gathered, scene),
      missing(all, gathered, scene),
      scene,
      { lane, pattern: all[0]! }
    )
  }
  const bound = place(
    all,
    gathered.map(({ value }) => value),
    captures
  )
  if (!("unplaced" in bound)) scene.captures.keep(bound)
})

const lookForAnother = (
  actor: Actor,
  lane: Lane,
  all: Patterns,
  gathered: Array<Incoming>,
  scene: Scene
): Sight => {
  const captures = scene.captures.all
  const fits = (value: Incoming["value"]) =>
    !("unplaced" in place(all, [...gathered.map((one) => one.value), value], captures))
  const next = nextOf(actor, lane, scene, fits)
  const expected = missing(all, gathered, scene)
  if (next === undefined) return lookAtEnd(actor, expected, scene.stage)
  if (!fits(next.value))
    return {
      ...wrong(actor, expected, next, scene.stage, lane === "any" ? undefined : all[0]),
      mayFollow: undefined
    }
  return {
    _tag: "Seen",
    take: () => {
      gathered.push(actor.take(next, scene.line))
    }
  }
}

const missing = (all: Patterns, gathered: ReadonlyArray<Incoming>, scene: Scene): string => {
  const captures = scene.captures.all
  const left = all.filter(
    (pattern) => !gathered.some(({ value }) => !(match(pattern, value, captures) instanceof Mismatch))
  )
  const { patterns, play } = scene.stage.texts
  const wanted = (left.length > 0 ? left : all).map((pattern) => told(pattern, scene)).join(", ")
  const expected = patterns.inAnyOrder(wanted)
  return gathered.length > 0 ? play.gathered(expected, gathered.length, all.length) : expected
}
