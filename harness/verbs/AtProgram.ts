import * as Effect from "effect/Effect"
import { show } from "../Format.ts"
import type { ClauseId } from "../language/Clauses.ts"
import type { Json } from "../language/Json.ts"
import { fill, type Template } from "../language/Template.ts"
import type { Actor } from "../stage/Actor.ts"
import { caption } from "../stage/Caption.ts"
import { fail, type Finding, type StepFailed } from "../stage/Finding.ts"
import { hasField } from "../stage/PendingRequests.ts"
import type { Program } from "../stage/Program.ts"
import { connectMillisMax } from "../stage/Stage.ts"
import { fence } from "./Fence.ts"
import type { Scene, Step } from "./Step.ts"

type AnyStep = Step<any, any>

/** What an actor does who sits at a program: its sentence as a person acts it out, and what the program must make of it. */
type Act = (actor: Actor, step: AnyStep, scene: Scene) => Effect.Effect<void, StepFailed>

/** Starts the program and gives it a name, with which it logs in; the server grants it. */
export const logInAtProgram: Act = Effect.fnUntraced(function* (actor, step, scene) {
  yield* askForName(actor, step, scene)
  const { program: texts } = scene.stage.texts.play
  if (actor.connection!.username === undefined)
    return yield* fail({ expected: texts.granted(actor.username), received: texts.refusedIt })
  yield* fence([actor], scene)
})

/** Starts the program and gives it a name, with which it logs in. */
export const askForName: Act = Effect.fnUntraced(function* (actor, step, scene) {
  const { stage } = scene
  const { program: texts } = stage.texts.play
  const program = actor.program!
  const username = step.name === undefined ? actor.name : String(fill(step.name, scene.captures.all))
  actor.username = username
  yield* program.start(username)
  const withinMillis = connectMillisMax * stage.timeScale
  const starts = { ...scene, withinMillis, deadlineMillis: stage.deadlineIn(withinMillis) }
  const isReady = yield* stage.until(() => program.terminal!.isReady || undefined, starts.deadlineMillis)
  if (isReady === undefined)
    return yield* fail({ expected: texts.starts, received: stage.texts.play.nothing })
  program.typeLogin(username)
  yield* waits(
    actor,
    starts,
    () => program.isConnected || undefined,
    () => ({
      expected: texts.connects(actor.name, program.port),
      received: texts.noConnection,
      breaks: "CLIENT-1"
    })
  )
  yield* stage.connect(actor, step.line)
  program.putThrough(actor.connection!)
  yield* sends(actor, { type: "login", username }, "CLIENT-1", step, {
    ...scene,
    deadlineMillis: stage.deadlineIn(scene.withinMillis)
  })
})

/** Types a line, which is to be sent as a message and answered by the server. */
export const sayAtProgram: Act = Effect.fnUntraced(function* (actor, step: Step<Template>, scene) {
  const content = String(fill(step.value, scene.captures.all))
  actor.program!.said.push(content)
  actor.program!.terminal!.type(content)
  yield* sends(actor, { type: "message", username: actor.username, content }, "CLIENT-2", step, scene)
  scene.stage.speaker = actor
})

/** Types the word for the list. */
export const askListAtProgram: Act = Effect.fnUntraced(function* (actor, step, scene) {
  const program = actor.program!
  program.hasAskedList = true
  program.passOver()
  program.terminal!.type(program.use.list!)
  yield* sends(actor, { type: "list" }, "CLIENT-4", step, scene)
})

/** Types the word that ends the program: its connection ends, and it does. */
export const quitAtProgram: Act = Effect.fnUntraced(function* (actor, step, scene) {
  const program = actor.program!
  const { play } = scene.stage.texts
  program.terminal!.type(program.use.quit!)
  const isOver = () => (!program.isConnected && program.terminal!.ended !== undefined ? true : undefined)
  yield* waits(
    actor,
    scene,
    isOver,
    () => ({
      expected: play.program.quits(actor.name),
      received: program.isConnected ? play.program.staysConnected : play.program.goesOn,
      breaks: "CLIENT-5"
    }),
    true
  )
  const text = play.acts.disconnect
  scene.stage.did(actor, step.line, { kind: "left", text, caption: text, label: "end" })
})

/** Waits until the program has sent a request like this one, and the server has answered it. */
const sends = Effect.fnUntraced(function* (
  actor: Actor,
  due: { readonly type: string; readonly [key: string]: Json },
  breaks: ClauseId,
  step: AnyStep,
  scene: Scene
): Effect.fn.Return<void, StepFailed> {
  const { stage } = scene
  const { play } = stage.texts
  const program = actor.program!
  const expected = play.program.sends(actor.name, show(due))
  const comes = () => program.next(due.type) !== undefined || program.unreadable !== undefined || undefined
  yield* waits(actor, scene, comes, () => ({ expected, received: play.nothing, breaks }))
  const sent = program.next(due.type)
  if (sent === undefined || !isLike(sent, due))
    return yield* fail({
      ...evidence(actor),
      expected,
      received: sent === undefined ? play.program.noJson(show(program.unreadable!.toString())) : show(sent),
      breaks: isAsked(sent, due, program) ? breaks : brokenByUnasked(sent)
    })
  program.unasked.shift()
  stage.did(actor, step.line, { kind: "sent", text: show(sent), caption: caption(sent), label: due.type })
  yield* stage.until(() => actor.connection!.requests.isAnswered || undefined, scene.deadlineMillis)
})

/** True if a request is what a program made of what was typed, be it wrong. */
const isAsked = (sent: Json | undefined, { type }: { readonly type: string }, { use }: Program): boolean =>
  sent === undefined ||
  hasField(sent, "type", (own) => own === type) ||
  hasField(sent, "content", (content) => content === use.list)

/** The clause that a request breaks which nobody asked for. */
export const brokenByUnasked = (request: Json | undefined): ClauseId =>
  request !== undefined && hasField(request, "type", (type) => type === "login") ? "CLIENT-1" : "CLIENT-2"

/** True if a request has these fields; it may have more. */
const isLike = (request: Json, due: { readonly [key: string]: Json }): boolean =>
  Object.entries(due).every(([key, value]) => hasField(request, key, (field) => field === value))

/** Waits for something that the program is to do; one that ends meanwhile has failed, unless it may. */
export const waits = Effect.fnUntraced(function* (
  actor: Actor,
  { deadlineMillis, stage, withinMillis }: Scene,
  look: () => true | undefined,
  finding: () => Finding,
  mayEnd = false
): Effect.fn.Return<void, StepFailed> {
  const seen = yield* stage.until(
    () => look() ?? (mayEnd || actor.program!.terminal?.ended === undefined ? undefined : "ended"),
    deadlineMillis
  )
  if (seen === true) return
  const ended = actor.program!.terminal?.ended
  return yield* fail({
    ...evidence(actor),
    ...finding(),
    ...(ended === undefined || mayEnd
      ? { withinMillis }
      : { received: stage.texts.play.program.ended(ended) })
  })
})

/** What is told of a program in any finding about it. */
export const evidence = (actor: Actor): Pick<Finding, "actor" | "screen"> => ({
  actor: actor.name,
  screen: actor.program!.terminal?.screen.lastLines ?? []
})
