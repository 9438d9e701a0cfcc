import * as Effect from "effect/Effect"
import { show } from "../Format.ts"
import { encode } from "../language/Template.ts"
import type { Actor } from "../stage/Actor.ts"
import { fail, type Finding, type StepFailed } from "../stage/Finding.ts"
import type { Stage } from "../stage/Stage.ts"
import { brokenByUnasked, evidence, waits } from "../verbs/AtProgram.ts"
import type { Scene } from "../verbs/Step.ts"

/** Fails where a program has sent something that nobody typed, or bytes that are not JSON. */
export const sentNothingElse = (stage: Stage): Effect.Effect<void, StepFailed> =>
  Effect.suspend(() => {
    const finding = againstPrograms(stage)
    return finding === undefined ? Effect.void : Effect.fail(fail(finding))
  })

/** What a program has sent that nobody typed, if one has. */
export const againstPrograms = (stage: Stage): Finding | undefined =>
  programsOn(stage).flatMap((actor) => againstProgram(actor, stage) ?? [])[0]

const againstProgram = (actor: Actor, { texts: { play } }: Stage): Finding | undefined => {
  const program = actor.program!
  const next = program.next()
  const { unreadable } = program
  if (next === undefined && unreadable === undefined) return undefined
  return {
    ...evidence(actor),
    expected: play.program.nothingMore(actor.name),
    received: next === undefined ? play.program.noJson(show(unreadable!.toString())) : show(next),
    breaks: brokenByUnasked(next)
  }
}

/**
 * Lets the newcomer say a last word: once a program shows it, it has shown all that came before. Fails where a message
 * stands there more or less often than it was said.
 */
export const showedAllOnce = Effect.fnUntraced(function* (scene: Scene): Effect.fn.Return<void, StepFailed> {
  const { stage } = scene
  const { newcomer } = stage
  const present = programsOn(stage).filter(({ loggedIn, program }) => loggedIn && program!.heard.length > 0)
  if (present.length === 0 || newcomer === undefined) return
  const { username } = newcomer
  stage.recorder?.stop()
  yield* newcomer.write(encode({ type: "message", username: username!, content: lastWord }))
  const { program: texts } = stage.texts.play
  for (const actor of present) {
    const { screen } = actor.program!.terminal!
    yield* waits(
      actor,
      scene,
      () => screen.text.includes(lastWord) || undefined,
      () => ({
        expected: texts.shows(show(lastWord)),
        received: texts.notThere,
        breaks: "CLIENT-3"
      })
    )
    yield* countTexts(actor, stage)
  }
})

/** A text that nobody else says. */
const lastWord = "That was all."

const countTexts = (actor: Actor, { texts: { play } }: Stage): Effect.Effect<void, StepFailed> => {
  const { heard, said, terminal } = actor.program!
  const countable = new Set(heard.filter((text) => !said.some((own) => own.includes(text))))
  for (const text of countable) {
    const due = heard.reduce((sum, content) => sum + content.split(text).length - 1, 0)
    const times = terminal!.screen.count(text)
    if (times < due || (times > due && !terminal!.screen.isDrawnOver))
      return Effect.fail(
        fail({
          ...evidence(actor),
          expected: play.program.times(show(text), due),
          received: play.program.times(show(text), times),
          breaks: "CLIENT-3"
        })
      )
  }
  return Effect.void
}

const programsOn = ({ actors }: Stage): ReadonlyArray<Actor> =>
  [...actors.values()].filter(({ program }) => program !== undefined)
