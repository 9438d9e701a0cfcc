import * as Effect from "effect/Effect"
import { type Setting, Stage } from "../stage/Stage.ts"
import { type ClientUse, clientSlot, wordsOfTheSheet } from "../client/ClientUse.ts"
import type { Scenario } from "../scenario/Scenario.ts"
import { Program } from "../stage/Program.ts"
import { TargetFailed } from "../stage/Target.ts"
import { strangersAt } from "../targets/Strangers.ts"

/** A stage on a server of the target; both are given back when the scope closes. */
export const openStage = Effect.fnUntraced(function* (
  setting: Omit<Setting, "server" | "strangers">,
  programs: Scenario["programs"] = new Map()
) {
  const { knowledge, target, texts } = setting
  const server = yield* target.start
  const strangers = target.livesOn ? yield* strangersAt(server, knowledge, texts.targets) : []
  const stage = yield* Stage.open({ ...setting, server, strangers })
  const use: ClientUse = target.clients ?? wordsOfTheSheet
  for (const [actor, command] of programs)
    stage.actors.get(actor)!.program = yield* Effect.mapError(
      Program.open({
        command: command.replace(clientSlot, () => use.command ?? ""),
        use,
        changed: stage.changed,
        timeScale: stage.timeScale
      }),
      ({ reason }) => new TargetFailed({ reason, lastLines: [] })
    )
  return stage
})
