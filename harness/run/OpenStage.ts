import * as Effect from "effect/Effect"
import { type Setting, Stage } from "../stage/Stage.ts"
import { strangersAt } from "../targets/Strangers.ts"

/** A stage on a server of the target; both are given back when the scope closes. */
export const openStage = Effect.fnUntraced(function* (setting: Omit<Setting, "server" | "strangers">) {
  const { knowledge, target, texts } = setting
  const server = yield* target.start
  const strangers = target.livesOn
    ? yield* strangersAt(server, knowledge.uniqueName(), knowledge.usernames, texts.targets)
    : []
  return yield* Stage.open({ ...setting, server, strangers })
})
