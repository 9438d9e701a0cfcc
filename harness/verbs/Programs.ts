import * as Effect from "effect/Effect"
import { listed, show } from "../Format.ts"
import type { ClauseId } from "../language/Clauses.ts"
import type { Actor } from "../stage/Actor.ts"
import { fail, type StepFailed } from "../stage/Finding.ts"
import type { Held, Program } from "../stage/Program.ts"
import { choice, oneOrMore, type Shape, words } from "../yaml/Shape.ts"
import { evidence, waits } from "./AtProgram.ts"
import { type Scene, type Step, verb, type Verb } from "./Step.ts"

type Texts = ReadonlyArray<string>
interface From {
  readonly from?: string
}

const texts: Shape<Texts> = oneOrMore(words("a text as the screen shows it"))

/** Sentences about those who sit at a program: what they see, and what the network holds back from it. */
export const programs: ReadonlyArray<Verb> = [
  ofProgram({
    sentence: "{subject} shows|show",
    meaning:
      "these texts come onto the screen of its program, in this order, behind what was looked at before; what else stands there is free, but with `from` that name is to be near",
    example: 'alice shows: "hello"',
    value: texts,
    options: { from: words("the name of the sender") },
    needs: "connected",
    atProgram: (actor, step: Step<Texts, From>, scene) =>
      Effect.forEach(step.value, (text) => shows(actor, text, step, scene), { discard: true })
  }),
  ofProgram({
    sentence: "{subject} shows|show in any order",
    meaning: "these texts come onto the screen of its program, in whatever order",
    example: "alice shows in any order: [bob, carol]",
    value: texts,
    needs: "connected",
    atProgram: (actor, step: Step<Texts>, scene) => showsInAnyOrder(actor, step, scene)
  }),
  ofProgram({
    sentence: "{subject}'s network holds|hold back",
    meaning:
      "what the server sends to the program waits from now on: `everything`, or the `replies` alone, which messages then overtake",
    example: "alice's network holds back: replies",
    value: choice(["replies", "everything"]),
    needs: "connected",
    atProgram: (actor, step: Step<"replies" | "everything">, scene) =>
      holdBack(actor, step.value, step, scene)
  }),
  ofProgram({
    sentence: "{subject}'s network lets|let go",
    meaning: "what was held back comes in one segment, and nothing waits any more",
    example: "alice's network lets go",
    needs: "connected",
    atProgram: (actor, step, scene) => holdBack(actor, "nothing", step, scene)
  }),
  ofProgram({
    sentence: "{subject} sees|see that the server is gone",
    meaning: "its program shows something new once the connection has ended, or ends",
    example: "alice sees that the server is gone",
    atProgram: (actor, _step, scene) => tells(actor, "CLIENT-11", scene)
  })
]

function ofProgram<Value = undefined, Options = Record<never, never>>(
  row: Omit<Verb<Value, Options>, "play" | "theme">
): Verb {
  return verb({ ...row, theme: "programs", onlyPrograms: true, play: () => Effect.void })
}

const holdBack = (actor: Actor, what: Held, { line }: Pick<Step, "line">, { stage }: Scene) =>
  Effect.sync(() => {
    const text = stage.texts.play.program.holdsBack[what]
    stage.did(actor, line, { kind: "note", text, caption: text, label: "change" })
    actor.program!.hold(what)
  })

const shows = Effect.fnUntraced(function* (
  actor: Actor,
  text: string,
  step: Step<Texts, From>,
  scene: Scene
) {
  const { play } = scene.stage.texts
  const program = actor.program!
  const placeOf = () => program.terminal?.screen.text.indexOf(text, program.lookedAt) ?? -1
  yield* waits(
    actor,
    scene,
    () => placeOf() !== -1 || undefined,
    () => ({
      expected: play.program.shows(show(text)),
      received: program.terminal?.screen.text.includes(text) ? play.program.tooEarly : play.program.notThere,
      ...breaking(text, program)
    })
  )
  const { from } = step.options
  if (from !== undefined)
    yield* waits(
      actor,
      scene,
      () => later(program).includes(from) || undefined,
      () => ({
        expected: play.program.from(show(text), from),
        received: play.program.notThere,
        breaks: "CLIENT-7"
      })
    )
  program.lookedAt = placeOf() + text.length
  note(actor, [text], step, scene)
})

const showsInAnyOrder = Effect.fnUntraced(function* (actor: Actor, step: Step<Texts>, scene: Scene) {
  const { play } = scene.stage.texts
  const program = actor.program!
  const missing = () => step.value.filter((text) => !later(program).includes(text))
  yield* waits(
    actor,
    scene,
    () => missing().length === 0 || undefined,
    () => ({
      expected: play.program.shows(
        listed(
          missing().map((text) => show(text)),
          play.and
        )
      ),
      received: play.program.notThere,
      ...breaking(missing()[0]!, program)
    })
  )
  const ends = step.value.map((text) => program.lookedAt + later(program).indexOf(text) + text.length)
  program.lookedAt = Math.max(...ends)
  note(actor, step.value, step, scene)
})

/** The part of its screen that was not looked at yet. */
const later = ({ lookedAt, terminal }: Program): string => terminal?.screen.text.slice(lookedAt) ?? ""

/** A text that nobody said belongs to an answer. */
const breaking = (text: string, { hasAskedList, heard }: Program): { readonly breaks?: ClauseId } => {
  if (heard.some((content) => content.includes(text))) return { breaks: "CLIENT-3" }
  return hasAskedList ? { breaks: "CLIENT-4" } : {}
}

const note = (actor: Actor, shown: Texts, { line }: Pick<Step, "line">, { stage }: Scene): void => {
  const text = stage.texts.play.program.hasShown(
    listed(
      shown.map((one) => show(one)),
      stage.texts.play.and
    )
  )
  stage.did(actor, line, { kind: "note", text, caption: text, label: "change" })
}

/** The program lets its person know of something that has happened to the connection: it says so, or ends. */
export const tells = Effect.fnUntraced(function* (
  actor: Actor,
  breaks: ClauseId,
  scene: Scene
): Effect.fn.Return<void, StepFailed> {
  const { play } = scene.stage.texts
  const program = actor.program!
  const look = () => {
    const { terminal, turnedAwayAt } = program
    if (turnedAwayAt === undefined) return undefined
    return (
      terminal!.ended !== undefined || terminal!.screen.text.slice(turnedAwayAt).trim() !== "" || undefined
    )
  }
  yield* waits(
    actor,
    scene,
    look,
    () => ({
      expected: breaks === "CLIENT-10" ? play.program.tellsRefusal : play.program.tellsEnd,
      received: play.program.nothingNew,
      breaks
    }),
    true
  )
  const { screen } = program.terminal!
  const isOver = () =>
    screen.isFloodedFrom(program.turnedAwayAt!) || program.terminal!.ended !== undefined || undefined
  yield* scene.stage.until(isOver, scene.stage.deadlineIn(quietMillis * scene.stage.timeScale))
  if (screen.isFloodedFrom(program.turnedAwayAt!))
    return yield* fail({
      ...evidence(actor),
      expected: breaks === "CLIENT-10" ? play.program.tellsRefusal : play.program.tellsEnd,
      received: play.program.floods,
      breaks
    })
})

/** The time after which a program that has said something can be taken to have said it all. */
const quietMillis = 500
