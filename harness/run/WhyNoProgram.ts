import * as Effect from "effect/Effect"
import { clientSlot } from "../client/ClientUse.ts"
import { hasTerminals } from "../client/Terminal.ts"
import { flatten } from "../scenario/Carriers.ts"
import type { Scenario } from "../scenario/Scenario.ts"
import { type Target, TargetFailed } from "../stage/Target.ts"
import type { ProgramTexts } from "../texts/Programs.ts"

/** Why a scenario is not for this client, or for none; fails where nobody could be judged here. */
export const whyNoProgram = (
  { after, before, programs, steps }: Scenario,
  { clients }: Target,
  texts: ProgramTexts
): Effect.Effect<string | undefined, TargetFailed> =>
  Effect.gen(function* () {
    if (programs.size === 0) return clients?.command === undefined ? undefined : texts.noProgram
    if (clients === undefined) return texts.notHere
    if (clients.command === undefined && [...programs.values()].some((one) => one.includes(clientSlot)))
      return texts.noClient
    if (clients.port !== undefined && programs.size > 1) return texts.onePort
    for (const { step } of flatten([...before, ...steps, ...after])) {
      const { word } = step.verb
      if (word === undefined || clients[word] !== undefined || step.subject?._tag !== "Actors") continue
      if (step.subject.names.some((name) => programs.has(name))) return texts.noWord[word]
    }
    if (yield* hasTerminals) return undefined
    return yield* new TargetFailed({ reason: texts.noTerminal, lastLines: [] })
  })
