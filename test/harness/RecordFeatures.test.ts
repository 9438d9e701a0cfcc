import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { redacted } from "../../harness/record/Redact.ts"
import { transcribe } from "../../harness/record/Transcribe.ts"
import { holds, leave, recorded, textOf } from "./recorded.ts"

describe("a recording of what comes with features", () => {
  it.live("tells of rooms, of what is said to one person, and of coming back", () =>
    Effect.gen(function* () {
      const facts = yield* recorded(
        Effect.fnUntraced(function* (arrive) {
          const [alice, bob] = [yield* arrive, yield* arrive]
          const features = ["rooms", "direct", "history"]
          const { epoch, session } = yield* alice.ask({ type: "login", username: "alice", features })
          yield* bob.ask({ type: "login", username: "bob", features })
          yield* alice.ask({ type: "join", room: "lab" })
          yield* bob.ask({ type: "join", room: "lab" })
          yield* alice.ask({ type: "message", room: "lab", content: "hello", cid: "a1" })
          yield* bob.next
          yield* bob.ask({ type: "message", to: "alice", content: "psst" })
          yield* alice.next
          yield* bob.ask({ type: "list", room: "lab" })
          yield* leave(alice)
          yield* bob.sees("bob")
          yield* bob.ask({ type: "message", room: "lab", content: "gone?" })
          const again = yield* arrive
          const seen = { lobby: 0, lab: 1, "@": 1 }
          yield* again.ask({ type: "login", username: "alice", features, session, epoch, seen })
          yield* again.next
          yield* again.ask({ type: "leave", room: "lab" })
          yield* again.ask({ type: "logout" })
          yield* again.ended
          yield* bob.ask({ type: "rooms" })
        })
      )
      const { needs, steps } = transcribe(facts)
      assert.deepStrictEqual(needs, ["rooms", "direct", "history"])
      assert.deepStrictEqual(steps, [
        'alice logs in: {"features":["rooms","direct","history"]}',
        'bob logs in: {"features":["rooms","direct","history"]}',
        "alice joins lab",
        "bob joins lab",
        '{"alice says in lab":"hello","cid":"a1"}',
        'bob receives in lab: {"username":"alice","content":"hello"}',
        'bob says to alice: "psst"',
        'alice receives: {"type":"message","to":"alice","username":"bob","content":"psst"}',
        "bob asks who is in lab",
        'bob receives: {"status":"success","users":{"in any order":["alice","bob"]}}',
        "alice receives nothing",
        "alice disconnects",
        "bob sees that alice is gone",
        "bob asks who is there",
        'bob receives: {"status":"success","users":{"in any order":["bob"]}}',
        'bob says in lab: "gone?"',
        "alice comes back",
        'alice receives in lab: {"username":"bob","content":"gone?"}',
        "alice leaves lab",
        "alice receives nothing",
        "alice logs out",
        "bob asks which rooms there are",
        'bob receives: {"status":"success"}'
      ])
      yield* holds(facts)
      const stoodIn = redacted(facts)
      assert.include(textOf(stoodIn), "joins room1")
      assert.notMatch(textOf(stoodIn), /lab|psst|hello|"a1"/)
      yield* holds(stoodIn)
    })
  )

  it.live("shows no token of a session", () =>
    Effect.gen(function* () {
      let token = ""
      const facts = yield* recorded(
        Effect.fnUntraced(function* (arrive) {
          const alice = yield* arrive
          const features = ["history"]
          const reply = yield* alice.ask({ type: "login", username: "alice", features })
          token = reply["session"]
          yield* leave(alice)
          const again = yield* arrive
          yield* again.ask({ type: "login", username: "Bob", features, session: token })
          yield* again.ask({ type: "login", username: "Bob", features, session: token })
        })
      )
      assert.isAbove(token.length, 20)
      assert.notInclude(JSON.stringify(facts), token)
      assert.notInclude(textOf(facts), token)
    })
  )
})
