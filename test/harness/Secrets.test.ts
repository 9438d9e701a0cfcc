import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { jsonLines, plain } from "../../harness/repl/Script.ts"
import { reporters } from "../../harness/report/Reporters.ts"
import type { Target } from "../../harness/stage/Target.ts"
import { Summary } from "../../harness/verdict/Summary.ts"
import { traced } from "./html.ts"
import { chat, session, steps } from "./playing.ts"
import { runInfo, weighing } from "./reporting.ts"

const token = "a-token-that-nobody-is-to-see"
const head = "needs: [rooms, direct, history]\nlevel: may\nproves: [RESUME-2]\nwithin: 500ms\n"

/** A server with this token for everybody, that writes it into its log. */
const indiscreet = (): Target => {
  const target = chat(() => ({ makeToken: () => token }))
  const lines = [`session ${token} begins`, `{"session":"${token}"}`]
  const start = Effect.map(target.start, (server) => ({
    ...server,
    lastLines: () => lines,
    linesBefore: () => lines,
    onLogLine: (tell: (line: string) => void) => lines.forEach(tell)
  }))
  return { ...target, start }
}

const login = "{ type: login, username: alice, features: [history] }"
const begun = `- alice connects\n- alice sends: ${login}\n- alice receives: { status: success, session: $token }\n`
const again = "{ type: login, username: alice, features: [history], session: $token, epoch: x }"

const failures = {
  "a reply that is not the one": `${begun}- alice is cut off\n- alice comes back\n- alice receives: { status: success }`,
  "a token that was not expected": `${begun}- alice is cut off\n- alice connects\n- alice sends: ${again}\n- alice receives: { status: success, session: { not: $token } }`,
  "a token that was": `${begun}- alice is cut off\n- alice connects\n- alice sends: { type: login, username: bob, features: [history] }\n- alice receives: { status: error, session: $token }`,
  "a reply that nobody asked for": `- alice connects\n- alice sends: ${login}\n- alice receives: { type: message }`,
  "a login in small segments": `${begun}- alice is cut off\n- alice connects\n- alice's network: { slice: 7 }\n- alice sends: ${again}\n- alice receives: { status: error }`,
  "a login in pieces": `${begun}- alice is cut off\n- alice connects\n- alice sends in pieces: { message: ${again}, every: 11 }\n- alice receives: { status: error }`,
  "a login whose rest is missing": `${begun}- alice reconnects\n- alice sends bytes: '{"type":"login","session":"${token}'\n- alice receives: { status: error }`
}

/** All texts and bytes in a value, but for the scenario itself, which its author wrote. */
const textsIn = (value: unknown, seen = new Set<unknown>()): ReadonlyArray<string> => {
  if (typeof value === "string") return [value]
  if (Buffer.isBuffer(value)) return [value.toString("latin1")]
  if (typeof value !== "object" || value === null || seen.has(value)) return []
  seen.add(value)
  if (value instanceof Map) return [...value].flatMap((entry) => textsIn(entry, seen))
  return Object.entries(value).flatMap(([key, field]) =>
    key === "scenario" || key === "step" || key === "instead" ? [] : textsIn(field, seen)
  )
}

describe("a token is not shown", () => {
  for (const [name, lines] of Object.entries(failures))
    it.live(`in a report of ${name}`, () =>
      Effect.gen(function* () {
        const scenario = { ...steps(lines, head), text: lines.replaceAll(token, "") }
        const outcome = yield* traced(scenario, indiscreet(), "on")
        assert.strictEqual(outcome.verdict, "failed", name)
        const { segments } = outcome.exchange!
        const texts = [
          ...textsIn(outcome),
          Buffer.concat(segments.map(({ bytes }) => bytes)).toString("latin1"),
          ...(yield* Effect.promise(() => Promise.all(Object.values(reporters).map((load) => load())))).map(
            (reporter) => {
              const { begin, end, outcome: tell } = reporter(runInfo({ isFull: true }))
              return [begin?.(), tell?.(outcome), end?.(new Summary([outcome], weighing))].join("\n")
            }
          )
        ]
        for (const text of texts) assert.notInclude(text, token)
        assert.isTrue(texts.some((text) => text.includes("***")))
      })
    )

  it.live("in a live session, nor in what that saves", () =>
    Effect.gen(function* () {
      const live = yield* session
      const told: Array<string> = []
      live.stage.transcript.onHappening = (happening) =>
        told.push(plain.happening(happening), jsonLines.happening(happening))
      for (const line of ["alice connects", `alice sends: ${login}`, "alice receives: { status: error }"]) {
        const entered = yield* live.enter(line)
        told.push(plain.entered(line, 1, entered), jsonLines.entered(line, 1, entered))
      }
      const secret = live.stage.actors.get("alice")!.session!.token
      assert.isAbove(secret.length, 20)
      assert.include(told.join(), '"session":"***"')
      assert.notInclude(told.join(), secret)
    }).pipe(Effect.scoped)
  )

  it.live("in a scenario that a live session saves", () =>
    Effect.gen(function* () {
      const live = yield* session
      for (const line of ["alice connects", `alice sends: ${login}`]) yield* live.enter(line)
      yield* live.stage.until(
        () => (live.unread().length > 0 ? true : undefined),
        live.stage.deadlineIn(1_000)
      )
      const saved = live.save("a session")
      assert.property(saved, "text")
      assert.notInclude(JSON.stringify(saved), live.stage.actors.get("alice")!.session!.token)
    }).pipe(Effect.scoped)
  )
})
