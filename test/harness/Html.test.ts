import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { french } from "../../harness/texts/fr.ts"
import { self } from "../../harness/targets/Self.ts"
import type { Arrow, Exchange, Row } from "../../harness/trace/Exchange.ts"
import type { Outcome } from "../../harness/verdict/Outcome.ts"
import { everyNameIsFree, hostile, hostileScenario, pageOf, taken, traced } from "./html.ts"
import { chat, steps } from "./playing.ts"

const arrowsOf = ({ rows }: Exchange): ReadonlyArray<Arrow> =>
  rows.filter((row): row is Arrow => row._tag === "Arrow")

/** A row in a few words. */
const told = (row: Row): string => {
  if (row._tag === "Arrow") return `${row.actor} ${row.direction === "out" ? "→" : "←"} ${row.caption}`
  if (row._tag === "Mark") return `${row.actor} ${row.text}`
  return row._tag
}

/** The bytes of an arrow, put together from the segments that carried it. */
const bytesOf = ({ bytes }: Arrow, { segments }: Exchange): string =>
  Buffer.concat(bytes.map(({ from, segment, to }) => segments[segment]!.bytes.subarray(from, to))).toString()

/** The number of segments that are kept. */
const kept = ({ exchange }: Outcome): number | undefined => exchange?.segments.length

describe("the exchange that is recorded", () => {
  it.live("has everything in its order, the step of each arrow, and the violation where it was", () =>
    Effect.gen(function* () {
      const { exchange } = yield* traced(taken, chat(everyNameIsFree), "failed")
      assert.deepStrictEqual(exchange!.rows.map(told), [
        "alice connects",
        "alice → login alice",
        "alice ← success",
        "Fence",
        "bob connects",
        "bob → login alice",
        "bob ← success",
        "Violation"
      ])
      assert.deepStrictEqual(
        arrowsOf(exchange!).map(({ isWrong, line }) => [line, isWrong]),
        [
          [6, false],
          [6, false],
          [7, false],
          [8, true]
        ]
      )
      const violation = exchange!.rows.at(-1)
      assert.deepStrictEqual(violation?._tag === "Violation" && violation.clauses, ["LOGIN-3"])
      assert.deepStrictEqual(
        [...exchange!.steps],
        [
          [6, "passed"],
          [7, "passed"],
          [8, "failed"]
        ]
      )
    })
  )

  it.live("has the bytes of each arrow, in whichever segments they went", () =>
    Effect.gen(function* () {
      const scenario = steps(`
- alice logs in
- alice's network: { slice: 3 }
- alice sends: { type: list }
- alice receives: { status: success, users: [alice] }
- alice sends bytes: "{\\"type\\":\\"list\\"}\\n{\\"type\\":\\"list\\"}\\n"
- alice receives: { status: success, users: [alice] }
- alice receives: { status: success, users: [alice] }
`)
      const { exchange, verdict } = yield* traced(scenario, chat(), "on")
      assert.strictEqual(verdict, "passed")
      const [login, granted, list, users] = arrowsOf(exchange!)
      assert.match(bytesOf(login!, exchange!), /^\{"type": ?"login".*\}\n$/)
      assert.match(bytesOf(granted!, exchange!), /^\{"status":"success".*\}$/)
      assert.match(bytesOf(list!, exchange!), /^\{"type": ?"list"\}\n$/)
      assert.isAbove(list!.bytes.length, 1)
      assert.match(bytesOf(users!, exchange!), /^\{.*"users":\["alice"\].*\}$/)
      const answers = arrowsOf(exchange!).filter(({ direction }) => direction === "in")
      const places = answers.flatMap(({ bytes }) => bytes.map(({ from, segment }) => `${segment}:${from}`))
      assert.strictEqual(new Set(places).size, 4)
    })
  )

  it.live("has the lines that our own server logs, where it logged them", () =>
    Effect.gen(function* () {
      const { exchange } = yield* traced(steps("- alice logs in\n- alice says: hello"), self(), "on")
      const rows = exchange!.rows.map((row) => (row._tag === "Log" ? row.text : told(row)))
      assert.deepStrictEqual(rows.slice(0, 4), [
        "alice connects",
        "alice → login alice",
        "INFO logged in connection=1 username=alice online=1",
        "alice ← success"
      ])
    })
  )

  it.live("is kept as the mode says", () =>
    Effect.gen(function* () {
      const passes = steps("- alice logs in")
      assert.strictEqual(kept(yield* traced(passes, chat(), "failed")), 0)
      assert.isAbove(kept(yield* traced(passes, chat(), "on"))!, 0)
      assert.isAbove(kept(yield* traced(taken, chat(everyNameIsFree), "failed"))!, 0)
      assert.isUndefined(kept(yield* traced(taken, chat(everyNameIsFree), "off")))
    })
  )
})

describe("the page", () => {
  it.live("shows the lines that passed, failed and were not played", () =>
    Effect.gen(function* () {
      const page = pageOf([yield* traced(taken, chat(everyNameIsFree), "failed")])
      const looks = [...page.matchAll(/<(?:a|p) class="(\w+)"><b>/g)].map(([, look]) => look)
      assert.deepStrictEqual(looks, ["passed", "passed", "failed", "failed", "unplayed"])
    })
  )

  it.live("is harmless whatever was sent", () =>
    Effect.gen(function* () {
      const page = pageOf([yield* traced(hostileScenario, chat(), "failed")])
      assert.notInclude(page, "<img")
      assert.notInclude(page, "\u202e")
      assert.notInclude(page, hostile)
      assert.strictEqual(page.split("</script").length, 3)
      assert.match(page, /default-src 'none'; style-src 'sha256-[^' ]+'; script-src 'sha256-[^' ]+'/)
    })
  )

  it.live("has the lines of a log that stand together in one row", () =>
    Effect.gen(function* () {
      const outcome = yield* traced(steps("- alice logs in"), chat(), "on")
      const logged = ["Traceback:", "  <b>", "KeyError"].map(
        (text) => ({ _tag: "Log", text, atMillis: 1 }) as const
      )
      const exchange = { ...outcome.exchange!, rows: [...logged, ...outcome.exchange!.rows, ...logged] }
      const page = pageOf([{ ...outcome, exchange }])
      const rows = page.match(/<div class="row log">[^]*?<\/div>/g)!
      assert.strictEqual(rows.length, 2)
      assert.match(rows[0]!, /<span>Traceback:<br \/> {2}&lt;b&gt;<br \/>KeyError<\/span>/)
    })
  )

  it.live("shows a blank before a French sign, and spells out any other that is none", () =>
    Effect.gen(function* () {
      const outcome = yield* traced(steps('- alice logs in\n- alice says: "a\u00a0b"'), self(), "on")
      const page = pageOf([outcome], french)
      assert.include(page, "\u00a0: ")
      assert.include(page, "a\\u00a0b")
      assert.notMatch(page, /\\u00a0[:;!?]/)
    })
  )

  it.live("stays small, however many scenarios there are and however much happens in them", () =>
    Effect.gen(function* () {
      const short = yield* traced(taken, chat(everyNameIsFree), "failed")
      const said = [...Array(40).keys()]
      const talk = `- for each:\n    n: [${said}]\n    steps: [alice says: "no. <n>", bob receives: { type: message }, bob says: "<n>?", alice receives: { type: message }]`
      const long = yield* traced(steps(`- alice logs in\n- bob logs in\n${talk}`), chat(), "on")
      assert.strictEqual(long.verdict, "passed")
      for (const outcome of [short, long]) {
        const page = pageOf(Array.from({ length: 120 }, () => outcome))
        assert.isBelow(Buffer.byteLength(page), 2_000_000)
        assert.strictEqual(new Set(page.match(/<details[^>]* id="[^"]*"/g)).size, 120)
      }
    })
  )
})
