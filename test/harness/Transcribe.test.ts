import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import type { Json } from "../../harness/language/Json.ts"
import { fill, type Template } from "../../harness/language/Template.ts"
import type { Fact } from "../../harness/record/Recording.ts"
import { transcribe } from "../../harness/record/Transcribe.ts"
import { scenarioText, stepLine, titleOf, verbatim } from "../../harness/scenario/Writing.ts"
import { scenarioOf } from "./playing.ts"
import { holds } from "./recorded.ts"

const success = { status: "success" }
const asked = (connection: number, value: { readonly [key: string]: Json }, reply: Json = success): Fact => ({
  _tag: "Asked",
  connection,
  value,
  text: JSON.stringify(value),
  reply
})
const login = (connection: number, username: string, reply?: Json) =>
  asked(connection, { type: "login", username }, reply)
const says = (connection: number, content: string) => asked(connection, { type: "message", content })
const delivered = (connection: number, username: string, content: string): Fact => ({
  _tag: "Delivered",
  connection,
  username,
  content
})
const left = (connection: number): Fact => ({ _tag: "Left", how: "close", connection })
const three = [login(1, "alice"), login(2, "bob"), login(3, "carol")]

describe("what clients did at the same time", () => {
  it.live("leaves open the order of messages that overtook each other", () =>
    Effect.gen(function* () {
      const facts = [
        ...three,
        says(1, "a"),
        says(2, "b"),
        delivered(3, "bob", "b"),
        delivered(3, "alice", "a"),
        delivered(2, "alice", "a"),
        delivered(1, "bob", "b"),
        says(3, "c"),
        delivered(1, "carol", "c"),
        delivered(2, "carol", "c")
      ]
      assert.deepStrictEqual(
        transcribe(facts).steps.filter((step) => step.startsWith("carol receives")),
        [
          'carol receives in any order: [{"type":"message","username":"bob","content":"b"},{"type":"message","username":"alice","content":"a"}]'
        ]
      )
      yield* holds(facts)
    })
  )

  it.live("lets one who was just leaving receive a message or not", () =>
    Effect.gen(function* () {
      const facts = [...three, says(1, "a"), delivered(2, "alice", "a"), left(3)]
      assert.include(
        [...transcribe(facts).steps],
        'carol may receive: {"type":"message","username":"alice","content":"a"}'
      )
      yield* holds(facts)
    })
  )

  it.live("leaves out a login that came before the server had noticed that the name is free", () =>
    Effect.gen(function* () {
      const facts = [
        ...three,
        left(2),
        login(4, "bob", { status: "error" }),
        login(4, "bob"),
        left(1),
        left(3),
        left(4),
        login(5, "bob")
      ]
      const { cast, steps } = transcribe(facts)
      assert.deepStrictEqual([cast, steps.at(-1)], [["alice", "bob", "carol"], "bob keeps trying to log in"])
      assert.notInclude(steps.join(), "refused")
      yield* holds(facts)
    })
  )

  it("leaves out strangers", () => {
    const facts = [
      ...three,
      delivered(1, "mallory", "hi"),
      asked(1, { type: "list" }, { status: "success", users: ["alice", "mallory", "bob", "carol"] })
    ]
    const { steps, strange } = transcribe(facts)
    assert.strictEqual(strange, 1)
    assert.notInclude(steps.join(), "mallory")
  })

  it("names each connection that is open by itself, and one of the same name that comes later the same", () => {
    const facts = [
      login(1, "a b"),
      login(2, "ab"),
      login(3, "every"),
      login(4, "ÆØÅ"),
      login(5, "ab", { status: "error" }),
      left(2),
      login(6, "ab")
    ]
    assert.deepStrictEqual(transcribe(facts).cast, ["ab", "ab2", "every1", "client", "ab3"])
  })

  it("ends with what is known: a request without a reply is no step, where nothing came of it", () => {
    const silent = { ...says(1, "cut off"), reply: undefined } as Fact
    assert.deepStrictEqual(transcribe([...three, silent]).steps.length, 3)
  })
})

describe("a step that is written", () => {
  it("means the value that it was written from", () => {
    const any = fc.string({ unit: "binary" })
    const text = fc.oneof(
      any,
      any.map((rest) => `$${rest}`)
    )
    fc.assert(
      fc.property(fc.array(text, { maxLength: 20 }), (contents) => {
        const says = contents.map((content) => stepLine("alice says", verbatim(content)))
        const { steps } = scenarioOf(
          scenarioText({ title: "a test", cast: ["alice"], steps: ["alice logs in", ...says] })
        )
        const meant = steps.slice(1).map(({ value }) => fill(value as Template, new Map()))
        assert.deepStrictEqual(meant, contents)
      }),
      { numRuns: 10 }
    )
  })

  it("has a title from its file", () => {
    assert.deepStrictEqual(["a/b/my-talk.yaml", "x\ny.yml", "/-.yaml"].map(titleOf), [
      "my talk",
      "xy",
      "a scenario"
    ])
  })
})
