import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { apply } from "../../src/fold/Fold.ts"
import type { Happening } from "../../src/fold/Happening.ts"
import { Entry, type Operation } from "../../src/fold/Operation.ts"
import { holderOf, makeState, roomOf } from "../../src/fold/State.ts"
import { rules } from "./rules.ts"

/** A log with one node. */
const makeLog = () => {
  const state = makeState()
  let n = 0
  /** Appends operations in one entry, as they come from a log; gives what they led to. */
  const append = (...ops: ReadonlyArray<Operation>): ReadonlyArray<Happening> => {
    const told: Array<Happening> = []
    const written = JSON.stringify({ node: "a", n: ++n, at: 0, ops })
    apply(state, n, Schema.decodeUnknownSync(Entry)(JSON.parse(written)), (happening) => told.push(happening))
    return told
  }
  append({ t: "up", epoch: "x", rules, alone: true })
  return { state, append }
}

const login = (id: number, username: string) => ({ t: "login", id, username, features: [] }) as const

const types = (happenings: ReadonlyArray<Happening>) => happenings.map(({ t }) => t)

describe("Fold", () => {
  it("LOGIN-3, LEAVE-1: a name is held by one, and free when its holder leaves", () => {
    const { append } = makeLog()
    assert.deepStrictEqual(types(append(login(1, "alice"), login(2, "ALICE"))), ["granted", "refused"])
    assert.deepStrictEqual(types(append({ t: "leave", id: 1, keep: true }, login(2, "ALICE"))), [
      "left",
      "granted"
    ])
    assert.deepStrictEqual(types(append({ t: "message", id: 1, content: "Is anybody here?" })), ["fenced"])
  })

  it("SEQ-1, HIST-4: a room numbers its messages, and keeps the latest", () => {
    const { append, state } = makeLog()
    append({ t: "login", id: 1, username: "alice", features: ["rooms"] }, { t: "join", id: 1, room: "Lab" })
    for (const content of ["1", "2", "3", "4"]) append({ t: "message", id: 1, room: "lab", content })
    const room = roomOf(state, "LAB")!
    assert.deepStrictEqual([room.name, room.first, room.last], ["Lab", 2, 4])
    assert.deepStrictEqual([room.after(0)?.content, room.after(4), room.before(4)?.seq], ["2", undefined, 3])
    assert.isTrue(room.members.has(holderOf(state, "a", 1)!))
  })

  it("DM-2, DEDUP-1, DEDUP-4: a letter is written once per `cid`, to whoever may receive it", () => {
    const { append, state } = makeLog()
    const features = ["direct", "history"] as const
    append(
      { t: "login", id: 1, username: "alice", features, token: "alice's" },
      { t: "login", id: 2, username: "bob", features, token: "bob's" },
      login(3, "carol")
    )
    const letter = (to: string, content: string) =>
      append({ t: "message", id: 1, to, content, cid: "1" }).map((happening) =>
        happening.t === "refused" ? happening.code : happening.t
      )
    append({ t: "leave", id: 2, keep: true })
    assert.deepStrictEqual(letter("carol", "Hi"), ["cannot_receive"])
    assert.deepStrictEqual(letter("dave", "Hi"), ["no_such_user"])
    assert.deepStrictEqual(letter("bob", "Hi"), ["letter"])
    assert.deepStrictEqual(letter("Bob", "Hi"), ["duplicate"])
    assert.deepStrictEqual(letter("bob", "Ho"), ["invalid_request"])
    assert.deepStrictEqual(state.sessions.get("bob's")!.session!.inbox.after(0)!.content, "Hi")
  })
})
