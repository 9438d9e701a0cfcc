import { assert, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { inMemory } from "../../src/replica/InMemory.ts"
import { Replica } from "../../src/replica/Replica.ts"
import { defaults, Settings } from "../../src/settings/Settings.ts"

const open = Layer.build(Layer.provide(inMemory, Layer.succeed(Settings, { ...defaults(), sessionsMax: 0 })))
const replica = Effect.map(open, Context.get(Replica))

it.effect("tells all that an operation led to before it applies one that is submitted meanwhile", () =>
  Effect.gen(function* () {
    const { observe, submit } = yield* replica
    const told: Array<string> = []
    observe({
      happened: ({ t }) => told.push(t),
      together: (work) => work(),
      ready: Effect.void,
      ended: () => {}
    })
    submit({ t: "login", id: 1, username: "alice", features: ["history"], token: "t" }, () => {})
    submit({ t: "leave", id: 1, keep: true }, ({ t }) => {
      submit({ t: "fence" }, ({ t }) => told.push(`then ${t}`))
      told.push(t)
    })
    assert.deepStrictEqual(told, ["left", "over", "then done"])
  }).pipe(Effect.scoped)
)

const fail = () => {
  throw new Error("a bug")
}

it.effect("survives a bug of whoever is told", () =>
  Effect.gen(function* () {
    const { submit } = yield* replica
    const told: Array<string> = []
    assert.throws(() => submit({ t: "fence" }, fail), "a bug")
    submit({ t: "fence" }, ({ t }) => told.push(t))
    assert.deepStrictEqual(told, ["done"])
  }).pipe(Effect.scoped)
)
