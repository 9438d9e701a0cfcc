import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { checkpoint } from "../../src/fold/Checkpoint.ts"
import { apply } from "../../src/fold/Fold.ts"
import type { Operation } from "../../src/fold/Operation.ts"
import { restore } from "../../src/fold/Restore.ts"
import { makeState, type State } from "../../src/fold/State.ts"
import { rules } from "./rules.ts"
import { viewOf } from "./View.ts"

const append = (state: State, ...ops: ReadonlyArray<Operation>) => {
  const n = state.position + 1
  apply(state, n, { node: "a", n, at: 0, ops }, () => {})
}

const makeBusyState = (): State => {
  const state = makeState()
  const features = ["rooms", "direct", "history"] as const
  append(
    state,
    { t: "up", epoch: "x", rules, alone: true },
    { t: "login", id: 1, username: "alice", features, token: "alice's" },
    { t: "login", id: 2, username: "bob", features, token: "bob's" },
    { t: "join", id: 1, room: "lab" },
    { t: "join", id: 2, room: "lab" },
    { t: "message", id: 1, room: "lab", content: "Grüße \ud800", cid: "1" },
    { t: "message", id: 2, content: "Hi" },
    { t: "message", id: 2, to: "alice", content: "psst" },
    { t: "leave", id: 2, keep: true }
  )
  return state
}

describe("Checkpoint", () => {
  it("has the state of when it was asked for, even if the state changes before it is taken", () => {
    const state = makeBusyState()
    const before = viewOf(state)
    const texts = checkpoint(state, 1_000)
    append(state, { t: "message", id: 1, content: "later", cid: "2" }, { t: "leave", id: 1, keep: false })
    assert.deepStrictEqual(viewOf(Result.getOrThrow(restore([...texts]))), before)
    assert.notDeepEqual(viewOf(state), before)
  })

  it("cannot be read unless it is whole", () => {
    const texts = [...checkpoint(makeBusyState(), 300)]
    assert.isAbove(texts.length, 3)
    for (const text of texts)
      for (const other of [[], ["[]"], ["[{}]"], [text, text], [text.slice(0, -9)]]) {
        const damaged = texts.flatMap((it) => (it === text ? other : [it]))
        assert.deepStrictEqual(restore(damaged), Result.fail({ version: undefined }))
      }
  })

  it("cannot be read if a newer version has written it", () => {
    assert.deepStrictEqual(restore([`[{"t":"state","v":2,"unheard":"of"},{}]`]), Result.fail({ version: 2 }))
  })
})
