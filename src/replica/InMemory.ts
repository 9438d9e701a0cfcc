import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Operation } from "../fold/Operation.ts"
import { Registry } from "../Registry.ts"
import { Settings } from "../settings/Settings.ts"
import { newEpoch, newNode } from "./Ids.ts"
import { nobody, Replica } from "./Replica.ts"
import { rulesOf } from "./Rules.ts"
import type { Submission } from "./Submissions.ts"

/** A replica of which nothing outlives the program: it needs no log, and applies an operation where it is submitted. */
export const inMemory: Layer.Layer<Replica | Registry, never, Settings> = Layer.effect(
  Replica,
  Effect.suspend(() => makeInMemory)
).pipe(Layer.provideMerge(Registry.layer))

const makeInMemory = Effect.gen(function* () {
  const registry = yield* Registry
  const settings = yield* Settings
  const clock = yield* Clock.Clock
  const node = newNode(settings)
  /** What was submitted by those who were being told of something else. */
  const waiting: Array<Submission> = []
  let observer = nobody
  let isApplying = false
  let n = 0

  const apply = ({ done, operation }: Submission): void => {
    let tell = done
    registry.apply(++n, { node, n, at: clock.currentTimeMillisUnsafe(), ops: [operation] }, (happening) => {
      tell(happening)
      tell = observe
    })
  }
  const observe: Submission["done"] = (happening) => observer.happened(happening)

  const submit = (operation: Operation, done: Submission["done"]): void => {
    waiting.push({ operation, done })
    if (isApplying) return
    isApplying = true
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) apply(next)
    } finally {
      isApplying = false
    }
  }
  submit({ t: "up", epoch: newEpoch(), rules: rulesOf(settings), alone: true }, () => {})

  return Replica.of({
    node,
    isReady: true,
    lives: 1,
    isShared: false,
    submit,
    observe: (given) => {
      observer = given
    },
    failed: Effect.never,
    abandon: () => {},
    appending: { isOut: false, failures: 0 },
    checkpoints: { grownBytes: 0, kept: 0 }
  })
})
