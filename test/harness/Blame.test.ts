import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { loadScenarios } from "../../harness/scenario/Files.ts"
import { showsNoLogin } from "../../harness/run/RunAll.ts"
import { type Change } from "../../mutants/chat/Chat.ts"
import { faults } from "../../mutants/Faults.ts"
import { chat, playing, steps } from "./playing.ts"

const hello = "{ type: message, username: alice, content: hello }"
const mark = (clause: string | undefined) => (clause === undefined ? "" : `\n  proves: ${clause}`)
const noLogin: Change = (base) => ({ login: (client) => base.refusal("invalid_name" as never, client) })
const noAck: Change = (base) => ({ sent: () => base.refusal("invalid_request", undefined as never) })
/** alice says hello to bob; the steps may name what they prove. */
const scenarioThatProves = (
  proves: string,
  marks: { readonly says?: string; readonly receives?: string } = {}
) =>
  steps(
    `- alice logs in\n- bob logs in\n- alice says: hello${mark(marks.says)}\n- bob receives: ${hello}${mark(marks.receives)}`,
    `proves: [${proves}]\n`
  )

describe("blame", () => {
  const table: ReadonlyArray<
    readonly [
      string,
      Parameters<typeof scenarioThatProves>,
      Change,
      verdict: string,
      clauses: Record<string, string>
    ]
  > = [
    [
      "a failed login reaches nothing else",
      ["MSG-1"],
      noLogin,
      "not_reached",
      { "MSG-1": "not reached (LOGIN-1)" }
    ],
    [
      "but is held against its own clause",
      ["LOGIN-1, MSG-1"],
      noLogin,
      "failed",
      { "LOGIN-1": "failed", "MSG-1": "not reached (LOGIN-1)" }
    ],
    [
      "the clause that the finding contradicts is to blame, and no other of the scenario",
      ["MSG-1, MSG-2"],
      noAck,
      "failed",
      { "MSG-1": "not reached (MSG-2)", "MSG-2": "failed" }
    ],
    [
      "a clause that a step names fails only there",
      ["MSG-1, MSG-2", { receives: "MSG-1", says: "MSG-2" }],
      noAck,
      "failed",
      { "MSG-1": "not reached (MSG-2)", "MSG-2": "failed" }
    ],
    [
      "the way to it is told by its own clause",
      ["MSG-1", { receives: "MSG-1" }],
      noAck,
      "not_reached",
      { "MSG-1": "not reached (MSG-2)" }
    ],
    [
      "what was shown before stays shown",
      ["MSG-1, MSG-2", { says: "MSG-2", receives: "MSG-1" }],
      () => ({ broadcast: () => undefined }),
      "failed",
      { "MSG-1": "failed", "MSG-2": "passed" }
    ],
    [
      "what also fails in plain circumstances hides the circumstance",
      ["FRAME-9"],
      noAck,
      "not_reached",
      { "FRAME-9": "not reached (MSG-2)" }
    ],
    [
      "what holds in plain circumstances is broken by the circumstance",
      ["FRAME-9"],
      (base) => ({
        message: (client, request) =>
          request["content"] === "hello"
            ? base.refusal("invalid_request", client)
            : base.message(client, request)
      }),
      "failed",
      { "FRAME-9": "failed" }
    ]
  ]
  for (const [name, parameters, change, verdict, clauses] of table)
    it.live(name, () =>
      Effect.gen(function* () {
        const outcome = yield* playing(scenarioThatProves(...parameters), chat(change))
        const judged = [...outcome.clauses].map(([id, verdict]) => [
          id,
          verdict.verdict === "not_reached" ? `not reached (${verdict.by})` : verdict.verdict
        ])
        assert.deepStrictEqual([outcome.verdict, Object.fromEntries(judged)], [verdict, clauses])
      })
    )
})

describe("a failure says", () => {
  it.live("how long after which act of the actor it came", () =>
    Effect.gen(function* () {
      const outcome = yield* playing(
        "- alice logs in\n- bob tries to log in as alice\n- bob is refused",
        chat((base) => ({
          key: (name) => `${name}${Math.random()}`,
          release: (client, name) => {
            base.release(client, name)
          }
        }))
      )
      assert.match(outcome.failure!.finding.after!, /^[\d.]+ m?s after bob's login \(line 5\)$/)
    })
  )
  it.live("what came instead when nothing of what was expected did", () =>
    Effect.gen(function* () {
      const outcome = yield* playing(
        `- alice logs in\n- bob logs in\n- alice says: hello\n- bob receives: { status: success }\n  within: 300ms`,
        chat()
      )
      assert.match(outcome.failure!.finding.hint!, /^an event came instead: \{"type":"message"/)
    })
  )
})

it.live("what others build on is told under the name it was asked for, even if it was played before", () =>
  Effect.gen(function* () {
    const scenarios = yield* Effect.orDie(loadScenarios(["scenarios/broadcast.yaml", "scenarios/login.yaml"]))
    const target = chat(noLogin)
    const files: Array<string> = []
    for (const scenario of scenarios) files.push((yield* playing(scenario, target)).scenario.file)
    assert.deepStrictEqual(files, ["scenarios/broadcast.yaml", "scenarios/login.yaml"])
  })
)

it.live("somebody's own scenario of the same file name is nothing that others build on", () =>
  Effect.gen(function* () {
    const target = chat((base) => ({ isName: (name) => name !== "odd" && base.isName(name) }))
    const own = steps("- alice logs in as odd", "proves: [LOGIN-1]\n")
    const mine = yield* playing({ ...own, file: "mine/login.yaml" }, target)
    assert.deepStrictEqual(mine.clauses.get("LOGIN-1"), { verdict: "failed" })
    const other = steps("- alice logs in as odd\n- alice says: hello", "proves: [MSG-2]\n")
    const { clauses } = yield* playing(other, target)
    assert.deepStrictEqual(clauses.get("LOGIN-1"), { verdict: "failed" })
  })
)

it.live("nobody can log in only where the login stands in the way, not what came together with one", () =>
  Effect.gen(function* () {
    const [halfClose] = yield* loadScenarios(["scenarios/half-close.yaml"])
    const recvIsMessage = chat(faults.find(({ name }) => name === "recv-is-a-message")!.change)
    const other = yield* playing(halfClose!, recvIsMessage)
    assert.deepStrictEqual([other.failure?.finding.breaks, other.reason], ["LOGIN-1", "FRAME-2"])
    assert.isFalse(showsNoLogin(other))
    assert.isTrue(showsNoLogin(yield* playing(scenarioThatProves("MSG-1"), chat(noLogin))))
  })
)

const ends: Change = (base) => ({
  message: () => {
    for (const other of base.clients) other.socket.destroy()
    return undefined
  }
})

it.live("a server that ends whenever somebody speaks breaks MSG-2, whatever a scenario is about", () =>
  Effect.gen(function* () {
    for (const name of [
      "refused-login-harms-no-owner",
      "garbage-hurts-nobody",
      "one-sender-keeps-its-order"
    ]) {
      const [scenario] = yield* loadScenarios([`scenarios/${name}.yaml`])
      const { reason, verdict } = yield* playing(scenario!, chat(ends))
      assert.deepStrictEqual([verdict, reason], ["not_reached", "MSG-2"], name)
    }
  })
)

it.live("who is gone and still listed breaks the clause about leaving, however it went", () =>
  Effect.gen(function* () {
    const [scenario] = yield* loadScenarios(["scenarios/gone-before-the-answer.yaml"])
    const farewells = new WeakSet()
    const ghosts: Change = (base) => ({
      message: (client, request) => {
        if (request["content"] === "bye") farewells.add(client)
        return base.message(client, request)
      },
      release: (client, name) => {
        if (!farewells.has(client)) base.release(client, name)
      }
    })
    const { clauses } = yield* playing(scenario!, chat(ghosts))
    assert.isTrue(["LEAVE-1", "LEAVE-2"].some((clause) => clauses.get(clause as never)?.verdict === "failed"))
    assert.notStrictEqual(clauses.get("LEAVE-4")?.verdict, "failed")
  })
)
