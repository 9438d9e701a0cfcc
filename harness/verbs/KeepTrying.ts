import * as Effect from "effect/Effect"
import { type Actor, laneOf } from "../stage/Actor.ts"
import type { ClauseId } from "../language/Clauses.ts"
import { lost, missing, wrong } from "./Contradiction.ts"
import { nextOf, shown } from "./Expectation.ts"
import { captionOfEnd } from "../stage/Caption.ts"
import { fail } from "../stage/Finding.ts"
import { describe, match, Mismatch, type ObjectPattern } from "../language/Pattern.ts"
import { NotYet, retryUntil } from "./Retry.ts"
import { connectWhereNeeded, send } from "./Sending.ts"
import type { Scene, Step } from "./Step.ts"
import { field, fill, type Template } from "../language/Template.ts"

/** An exchange to repeat: what is sent, the reply that ends it, and the reply that means once more. */
export interface Exchange {
  readonly sends: Template
  readonly until: ObjectPattern
  readonly while: ObjectPattern
  /** True if the end of the connection is as good as a refusal. */
  readonly endMeansAgain?: boolean
}

/** The time that one login of several may take before the next one is tried. */
const answerMillisMax = 700

/**
 * Repeats whole exchanges until one succeeds, at most until the deadline. A login that was refused, or not answered, is
 * tried again on a fresh connection: a second one on the same is a matter of its own (LOGIN-5).
 */
export const keepTrying = (actor: Actor, step: Step<any, any>, scene: Scene, exchange: Exchange) => {
  let last: string | undefined
  let breaks: ClauseId | undefined
  let hasTried = false
  const isLogin = field(exchange.sends, "type") === "login"
  const attempt = Effect.gen(function* () {
    const { stage } = scene
    if (isLogin && hasTried) yield* stage.connect(actor, step.line)
    else yield* connectWhereNeeded(actor, step, scene)
    hasTried = true
    yield* send(actor, fill(exchange.sends, scene.captures.all), step, scene)
    const endMeansAgain = exchange.endMeansAgain === true || (isLogin && last !== undefined)
    const answer = yield* stage.until(
      () => look(actor, exchange, endMeansAgain, scene),
      isLogin
        ? Math.min(scene.deadlineMillis, stage.deadlineIn(answerMillisMax * stage.timeScale))
        : scene.deadlineMillis
    )
    if (answer?.verdict === "done") return
    const { patterns, play } = stage.texts
    const captures = scene.captures.all
    const expected = describe(exchange.until, patterns, captures)
    if (answer?.verdict === "wrong")
      return yield* fail({
        actor: actor.name,
        expected: play.untilThen(expected, describe(exchange.while, patterns, captures)),
        received: answer.received,
        breaks: answer.breaks,
        lost: actor.connection?.ended !== undefined
      })
    last = answer?.received ?? last
    breaks = answer === undefined ? missing("reply", actor, scene.stage) : (answer.breaks ?? breaks)
    return yield* new NotYet({
      finding: {
        actor: actor.name,
        expected: play.inTheEnd(expected),
        received: last === undefined ? play.nothing : play.lastAnswer(last),
        breaks,
        withinMillis: scene.withinMillis
      }
    })
  })
  return retryUntil(scene.deadlineMillis, 1, attempt)
}

interface Answer {
  readonly verdict: "done" | "again" | "wrong"
  readonly received: string
  readonly breaks?: ClauseId | undefined
}

const look = (actor: Actor, exchange: Exchange, endMeansAgain: boolean, scene: Scene): Answer | undefined => {
  const captures = scene.captures.all
  const connection = actor.connection!
  const { play } = scene.stage.texts
  const next = nextOf(actor, laneOf(exchange.until), scene)
  if (next === undefined) {
    if (connection.ended === undefined) return undefined
    if (endMeansAgain) connection.allowEnd()
    return {
      verdict: endMeansAgain ? "again" : "wrong",
      received: captionOfEnd(connection.ended, play),
      breaks: (endMeansAgain ? missing("reply", actor, scene.stage) : undefined) ?? lost(actor, scene.stage)
    }
  }
  actor.take(next, scene.line)
  const done = match(exchange.until, next.value, captures)
  if (!(done instanceof Mismatch)) {
    scene.captures.keep(done)
    return { verdict: "done", received: shown(next, play) }
  }
  if (endMeansAgain) connection.allowEnd()
  const again = !(match(exchange.while, next.value, captures) instanceof Mismatch)
  const breaks = wrong(next, actor, scene.stage, exchange.until)
  return { verdict: again ? "again" : "wrong", received: shown(next, play), breaks }
}
