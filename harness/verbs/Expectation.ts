import * as Effect from "effect/Effect"
import { type Actor, type Lane, laneOf } from "../stage/Actor.ts"
import type { Incoming } from "../stage/WireEvent.ts"
import { captionOfEnd } from "../stage/Caption.ts"
import { type Finding, fail, type StepFailed } from "../stage/Finding.ts"
import { describe, match, Mismatch, type ObjectPattern } from "../language/Pattern.ts"
import type { Captures, Json } from "../language/Json.ts"
import type { Stage } from "../stage/Stage.ts"
import type { ClauseId } from "../language/Clauses.ts"
import * as Contradiction from "./Contradiction.ts"
import type { Scene, Step, Verb } from "./Step.ts"
import { clip, show } from "../Format.ts"
import type { PlayTexts } from "../texts/Play.ts"
import { subjectsOf } from "./ResolveSubject.ts"

/** The result of a look at an actor: something seen, something wrong, or nothing yet (`undefined`). */
export type Sight = Seen | Wrong | undefined
export interface Seen {
  readonly _tag: "Seen"
  /** Takes what was seen; only then it is gone. */
  readonly take: () => void
}
export interface Wrong {
  readonly _tag: "Wrong"
  readonly finding: Finding
  /** What may still follow, and the clause that is broken then. */
  readonly mayFollow?: { readonly pattern: ObjectPattern; readonly breaks: ClauseId } | undefined
}

/** What is due, as far as it is known: in which lane, and what it looks like. */
export interface Due {
  readonly lane: Lane
  readonly pattern?: ObjectPattern
}

/** Makes the `play` of a sentence that waits for something: one actor after the other, or whichever of `one of`. */
export const expectation =
  <Value, Options>(
    look: (actor: Actor, step: Step<Value, Options>, scene: Scene) => Sight,
    expected: (step: Step<Value, Options>, scene: Scene) => string,
    due?: Due
  ): Verb<Value, Options>["play"] =>
  (step, scene) =>
    Effect.flatMap(subjectsOf(step, scene), (actors) =>
      step.subject?._tag === "OneOf"
        ? oneOf(actors, (actor) => look(actor, step, scene), expected(step, scene), scene, due)
        : Effect.forEach(
            actors,
            (actor) => waitFor(actor, () => look(actor, step, scene), expected(step, scene), scene, due),
            { discard: true }
          ).pipe(
            Effect.mapError((failed) => (step.subject?._tag === "Others" ? besides(failed, scene) : failed))
          )
    )

/** Waits until a look shows something: takes it, or fails with what is wrong or missing. */
export const waitFor = Effect.fnUntraced(function* (
  actor: Actor,
  look: () => Sight,
  expected: string,
  scene: Scene,
  due?: Due
): Effect.fn.Return<void, StepFailed> {
  const sight = yield* scene.stage.until(look, scene.deadlineMillis)
  if (sight === undefined) return yield* fail(missing(actor, expected, scene, due))
  if (sight._tag === "Wrong") return yield* fail(yield* sorted(sight, actor, scene))
  sight.take()
})

/** What was passed over may still follow, a moment later: then nothing is missing, and the order is wrong. */
const sorted = ({ finding, mayFollow }: Wrong, actor: Actor, { stage }: Scene): Effect.Effect<Finding> => {
  if (mayFollow === undefined) return Effect.succeed(finding)
  const { breaks, pattern } = mayFollow
  const follows = () => (Contradiction.comesLater(pattern, actor) ? true : undefined)
  return Effect.map(stage.until(follows, stage.deadlineIn(lateMillis * stage.timeScale)), (isLate) =>
    isLate === true ? { ...finding, breaks } : finding
  )
}

/** The time that something may take which came out of order. */
const lateMillis = 100

/** The next thing in a lane of an actor, see `Actor.next`; what a plain client should never see breaks PLAIN-1. */
export const nextOf = (
  actor: Actor,
  lane: Lane,
  { captures, stage }: Scene,
  wanted?: (value: Json) => boolean
): Incoming | undefined =>
  actor.next(
    lane,
    captures.all,
    ({ value }) => stage.breaks("PLAIN-1", stage.texts.play.seen.received(actor.name, show(value))),
    wanted
  )

/** The next thing of its lane has to match: it does, or it is wrong, or it has not come yet. */
export const lookAt = (actor: Actor, lane: Lane, pattern: ObjectPattern, scene: Scene): Sight => {
  const captures = scene.captures.all
  const matches = (value: Incoming["value"]) => match(pattern, value, captures)
  const next = nextOf(actor, lane, scene, (value) => !(matches(value) instanceof Mismatch))
  const expected = describe(pattern, scene.stage.texts.patterns, captures)
  if (next === undefined) return lookAtEnd(actor, expected, scene.stage)
  const found = matches(next.value)
  if (found instanceof Mismatch) return wrong(actor, expected, next, scene.stage, pattern, found)
  return seen(actor, next, found, scene)
}

/** Something that was seen, to be taken together with the captures that it binds. */
export const seen = (actor: Actor, incoming: Incoming, captures: Captures, scene: Scene): Seen => ({
  _tag: "Seen",
  take: () => {
    actor.take(incoming, scene.line)
    scene.captures.keep(captures)
  }
})

/** Makes the `play` that waits for one object. */
export const receive = (
  pattern: ObjectPattern,
  worded = (expected: string, _texts: PlayTexts) => expected
): Verb["play"] =>
  expectation(
    (actor, _step, scene) => lookAt(actor, laneOf(pattern), pattern, scene),
    (_step, { captures, stage: { texts } }) =>
      worded(describe(pattern, texts.patterns, captures.all), texts.play),
    { lane: laneOf(pattern), pattern }
  )

/** A reply that grants a request. */
export const granted: ObjectPattern = {
  _tag: "Object",
  fields: [["status", { _tag: "Literal", value: "success" }]],
  exactly: false
}

/** Waits for the reply that grants the request before. */
export const receiveGrant = (actor: Actor, scene: Scene): Effect.Effect<void, StepFailed> =>
  receiveReply(actor, granted, scene)

/** Waits for a reply to the request before. */
export const receiveReply = (
  actor: Actor,
  pattern: ObjectPattern,
  scene: Scene
): Effect.Effect<void, StepFailed> =>
  waitFor(
    actor,
    () => lookAt(actor, "reply", pattern, scene),
    describe(pattern, scene.stage.texts.patterns),
    scene,
    { lane: "reply", pattern }
  )

/** Something came, but not what was expected. */
export const wrong = (
  actor: Actor,
  expected: string,
  incoming: Incoming,
  stage: Stage,
  pattern: ObjectPattern | undefined,
  mismatch?: Mismatch
): Wrong => {
  const breaks = Contradiction.wrong(incoming, actor, stage, pattern)
  const isOpen = breaks === "MSG-1" || breaks === "LIST-1"
  const follower = Contradiction.ifItFollows(incoming, actor, stage)
  return {
    _tag: "Wrong",
    finding: {
      actor: actor.name,
      expected,
      received: shown(incoming, stage.texts.play),
      instead: incoming,
      unreadable: incoming.unreadable,
      breaks,
      isCertain: Contradiction.isCertain(incoming, actor, stage, pattern),
      ...timing(actor, incoming.atMillis, stage.texts.play),
      ...(mismatch === undefined || mismatch.path === "" ? {} : { hint: mismatch.tell(stage.texts.patterns) })
    },
    mayFollow: isOpen && pattern && follower ? { pattern, breaks: follower } : undefined
  }
}

/** Nothing more can come once the connection has ended. */
export const lookAtEnd = (actor: Actor, expected: string, stage: Stage): Sight => {
  const connection = actor.connection
  if (connection?.open === true) return undefined
  const { play } = stage.texts
  const received = connection?.ended === undefined ? play.noConnection : captionOfEnd(connection.ended, play)
  return {
    _tag: "Wrong",
    finding: {
      actor: actor.name,
      expected,
      received,
      breaks: Contradiction.lost(actor, stage),
      lost: connection?.ended !== undefined
    }
  }
}

/** Something that came in, as a person reads it. */
export const shown = ({ lane, value }: Incoming, texts: PlayTexts): string =>
  lane === "noise" ? texts.notAnObject(show(value)) : show(value)

/** The time between the actor's own last act and something that came. */
const timing = ({ lastDid, name }: Actor, atMillis: number, texts: PlayTexts): Pick<Finding, "after"> => {
  if (lastDid?.line === undefined || atMillis < lastDid.atMillis) return {}
  const { label, line } = lastDid
  const act = Object.hasOwn(texts.labels, label) ? texts.labels[label]! : texts.request(label)
  return { after: texts.after(atMillis - lastDid.atMillis, name, act, line) }
}

const missing = (actor: Actor, expected: string, { stage, withinMillis }: Scene, due?: Due): Finding => {
  const connection = actor.connection
  const unread = connection?.inbox ?? []
  const half = connection?.objects.halfBytes ?? 0
  const { play } = stage.texts
  const [first] = unread
  const instead = first && play.cameInstead[first.lane](shown(first, play))
  const hint = half > 0 ? play.unfinished(half) : instead
  return {
    actor: actor.name,
    expected,
    received: play.nothing,
    unreadable: connection?.objects.half,
    breaks: due && Contradiction.missing(due.lane, actor, stage, due.pattern),
    withinMillis,
    ...(hint === undefined ? {} : { hint })
  }
}

/** Tells who the one was whom the failing others are the others of. */
const besides = (failed: StepFailed, { stage }: Scene): StepFailed =>
  fail({ hint: stage.texts.play.oneOfWas(stage.chosen?.one.name), ...failed.finding })

const oneOf = Effect.fnUntraced(function* (
  actors: ReadonlyArray<Actor>,
  look: (actor: Actor) => Sight,
  expected: string,
  scene: Scene,
  due: Due | undefined
): Effect.fn.Return<void, StepFailed> {
  const chosen = yield* scene.stage.until(() => {
    const sights = actors.map((actor) => ({ actor, sight: look(actor) }))
    const first = sights.find(({ sight }) => sight?._tag === "Seen")
    return first ?? (sights.every(({ sight }) => sight?._tag === "Wrong") ? sights[0] : undefined)
  }, scene.deadlineMillis)
  const names = clip(actors.map(({ name }) => name).join(", "), 60)
  const { play } = scene.stage.texts
  const forOne = play.forOneOf(names, expected)
  if (chosen === undefined) return yield* fail({ ...missing(actors[0]!, forOne, scene, due), actor: names })
  if (chosen.sight?._tag === "Wrong")
    return yield* fail({
      ...chosen.sight.finding,
      expected: forOne,
      hint: play.noneCloser(names)
    })
  if (chosen.sight?._tag === "Seen") chosen.sight.take()
  scene.stage.chosen = { one: chosen.actor, others: actors.filter((actor) => actor !== chosen.actor) }
})
