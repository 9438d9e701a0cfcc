import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { locales } from "../../src/settings/Locales.ts"
import { type ReporterName, reporters } from "../../harness/report/Reporters.ts"
import { makePlayer } from "../../harness/run/Player.ts"
import { TargetKnowledge } from "../../harness/stage/TargetKnowledge.ts"
import type { Catalogue } from "../../harness/texts/Catalogue.ts"
import { english } from "../../harness/texts/en.ts"
import { french } from "../../harness/texts/fr.ts"
import { catalogues, localeOf } from "../../harness/texts/Languages.ts"
import { skipped } from "../../harness/verdict/Outcome.ts"
import { Summary } from "../../harness/verdict/Summary.ts"
import { faults } from "../../mutants/Faults.ts"
import { chat, steps } from "./playing.ts"
import { runInfo, weighing } from "./reporting.ts"

/** A value for any parameter of a text, which leaves its name where it is put in, but for a number that is written out. */
const parameter = (name: string): unknown =>
  new Proxy(() => {}, {
    apply: () => parameter(name),
    get: (_, key) => (key === Symbol.toPrimitive ? () => `{${name}}` : parameter(`${name}.${String(key)}`))
  })

/** Each text by its path, its parameters put in by their names. */
const textsOf = (part: unknown, path = ""): ReadonlyArray<readonly [path: string, text: string]> => {
  if (typeof part === "string") return [[path, part]]
  if (typeof part === "function") return [[path, String(part(...["0", "1", "2", "3"].map(parameter)))]]
  return Object.entries(part as object).flatMap(([key, value]) =>
    textsOf(value, path === "" ? key : `${path}.${key}`)
  )
}

const parametersIn = (text: string): ReadonlyArray<string> =>
  [...new Set(text.match(/\{[\d.a-zA-Z]+\}/g))].toSorted()

/** A text without the code in it. */
const prose = (text: string): string => text.replaceAll(/`[^`]*`/g, "``")

/** What is the same in both languages. */
const shared = new Set([
  "span",
  "tenths",
  "report.labels.note",
  "next.lessons.login",
  "next.lessons.message",
  "next.lessons.extras"
])

describe("the catalogue", () => {
  const [en, fr] = [new Map(textsOf(english)), new Map(textsOf(french))]

  it("has every text in every language", async () => {
    for (const locale of locales) {
      const texts = new Map(textsOf((await catalogues[locale]()) satisfies Catalogue))
      assert.sameMembers([...texts.keys()], [...en.keys()], locale)
      for (const [path, text] of texts) assert.isAbove(text.trim().length, 0, `${locale}: ${path}`)
    }
  })

  it("says everything in French, with the parameters of the English", () => {
    for (const [path, text] of fr) {
      if (shared.has(path)) continue
      assert.notStrictEqual(text, en.get(path), path)
      assert.deepStrictEqual(parametersIn(text), parametersIn(en.get(path)!), path)
    }
  })

  it("lets no line of French begin with a mark that belongs to a word", () => {
    for (const [path, text] of fr) assert.notMatch(prose(text), / [:;?!»]|« /, path)
  })

  it("writes numbers as its language does", () => {
    const { report, span, tenths } = french
    assert.deepStrictEqual(
      [english.span(0.62), english.report.inTime(1_540), english.tenths(3)],
      ["0.6 ms", "in 1.5 s", "3.0"]
    )
    assert.deepStrictEqual([span(0.62), report.inTime(1_540), tenths(3)], ["0,6 ms", "en 1,5 s", "3,0"])
  })

  it("has French titles that can stand within a sentence, and rules and reasons that are sentences", () => {
    for (const [clause, { rule, title, why }] of Object.entries(french.clauses)) {
      assert.match(title, /^[\p{Ll}].*[^.]$/u, clause)
      assert.match(rule, /\.$/, clause)
      assert.match(why, /\.$/, clause)
    }
  })
})

/** Everything that reporters are given, played in one language. */
const played = Effect.fnUntraced(function* (texts: Catalogue) {
  const settings = { timeScale: 1, seed: 1, knowledge: new TargetKnowledge(), texts }
  const play = (fault: string, lines: string) =>
    makePlayer(chat(faults.find(({ name }) => name === fault)?.change), settings).play(steps(lines))
  const wrong = "- alice and bob log in\n- alice says: a\n- bob receives: { type: message, content: b }"
  const missing = "- alice logs in\n- alice receives: { type: message }\n  within: 10ms"
  return [
    yield* play("", "- alice logs in"),
    yield* play("", wrong),
    yield* play("", missing),
    yield* play("sender-hears-itself", "- alice logs in\n- alice says: a"),
    yield* play("", "- alice logs in\n- alice is disconnected: { within: 10ms }"),
    skipped(steps("- alice logs in"), texts.play.cannotRestart)
  ]
})

describe.each(["en", "fr"] as const)("a report in %s", (locale) => {
  const names = Object.keys(reporters) as ReadonlyArray<ReporterName>
  it.live.each(names)("has no other language in it, and fits the screen: %s", (name) =>
    Effect.gen(function* () {
      const texts = yield* Effect.promise(catalogues[locale])
      const outcomes = yield* played(texts)
      const make = yield* Effect.promise(reporters[name])
      const reporter = make(runInfo({ scenarios: outcomes.length, texts }))
      const text = [
        reporter.begin?.(),
        ...outcomes.map((outcome) => reporter.outcome?.(outcome)),
        reporter.end?.(new Summary(outcomes, weighing))
      ].join("")
      const others = textsOf(locale === "fr" ? english : french)
        .map(([, text]) => text)
        .filter((text) => text.includes(" ") && !text.includes("{"))
      for (const other of others) assert.notInclude(text, other)
      if (name === "pretty" || name === "dot")
        for (const line of text.split("\n")) assert.isAtMost(line.length, 80, line)
    })
  )
})

it.each([
  [{ LANG: "fr_FR.UTF-8" }, "fr"],
  [{ LANG: "fr" }, "fr"],
  [{ LANG: "C", LC_MESSAGES: "fr_CA" }, "fr"],
  [{ LANG: "fr_FR", LC_ALL: "C" }, "en"],
  [{ LANG: "fr_FR", LC_ALL: "" }, "fr"],
  [{ LANG: "fur_IT" }, "en"],
  [{ LANG: "frr_DE" }, "en"],
  [{ LANG: "de_DE.UTF-8" }, "en"],
  [{}, "en"]
] as const)("an environment of %o asks for %s", (environment, locale) => {
  assert.strictEqual(localeOf(environment), locale)
})
