import { assert, describe, it } from "@effect/vitest"
import { type ClauseId, clauses, levels } from "../../harness/language/Clauses.ts"
import { causesOf } from "../../harness/report/Causes.ts"
import { heightOf } from "../../harness/report/Layout.ts"
import { inTeachingOrder, lessonOf, lessons } from "../../harness/report/Lessons.ts"
import { pretty } from "../../harness/report/Pretty.ts"
import type { RunInfo } from "../../harness/report/Reporter.ts"
import type { Scenario } from "../../harness/scenario/Scenario.ts"
import type { Finding } from "../../harness/stage/Finding.ts"
import type { Happening } from "../../harness/stage/Transcript.ts"
import type { ClauseVerdict } from "../../harness/verdict/Blame.ts"
import { type FailureDetails, type Outcome, skipped } from "../../harness/verdict/Outcome.ts"
import { Summary, weigh } from "../../harness/verdict/Summary.ts"
import { scenarioOf } from "./playing.ts"
import { runInfo, weighing } from "./reporting.ts"

/** A scenario about a clause; `more` steps make it longer. */
const about = (name: string, proves: ReadonlyArray<ClauseId>, more = 0): Scenario => ({
  ...scenarioOf(
    `scenario: ${name}\ncast: [alice]\nsteps:\n  - alice logs in\n${"  - alice receives nothing\n".repeat(1 + more)}`
  ),
  file: `scenarios/${name}.yaml`,
  proves,
  level: clauses[proves[0] ?? "LOGIN-1"]
})

const failed = (
  scenario: Scenario,
  verdicts: Readonly<Partial<Record<ClauseId, ClauseVerdict>>>,
  changes: Partial<Outcome> = {},
  details: Partial<FailureDetails> = {},
  finding: Partial<Finding> = {}
): Outcome => ({
  ...skipped(scenario, ""),
  verdict: Object.values(verdicts).some(({ verdict }) => verdict === "failed") ? "failed" : "not_reached",
  clauses: new Map(Object.entries(verdicts) as Array<[ClauseId, ClauseVerdict]>),
  failure: {
    place: { part: "steps", step: scenario.steps[1]! },
    finding: { expected: "this", received: "that", actor: "alice", ...finding },
    crash: undefined,
    lastLines: [],
    ...details
  },
  ...changes
})

const by = (clause: string): ClauseVerdict => ({ verdict: "not_reached", by: clause })
const blamed: ClauseVerdict = { verdict: "failed" }

const weightOf = (outcome: Outcome) => weigh(outcome, weighing)

/** The pretty report on a server that ended so, with its lines joined. */
const hint = (crash: string | undefined, lastLines: ReadonlyArray<string> = []): string =>
  reported([failed(about("login", ["LOGIN-3"]), { "LOGIN-3": blamed }, {}, { crash, lastLines })]).replaceAll(
    /\n +│ +/g,
    " "
  )

/** The pretty report on a run. */
const reported = (outcomes: ReadonlyArray<Outcome>, changes: Partial<RunInfo> = {}): string => {
  const reporter = pretty(runInfo({ scenarios: outcomes.length, ...changes }))
  const told = outcomes.map((outcome) => reporter.outcome!(outcome))
  return `${reporter.begin!()}${told.join("")}${reporter.end!(new Summary(outcomes, weighing))}`
}

describe("lessons", () => {
  it("teach each clause once", () => {
    assert.sameMembers(Object.values(lessons).flat(), Object.keys(clauses) as Array<ClauseId>)
  })

  it("put a scenario where the last clause it needs is taught; what others build on and what is short come first", () => {
    const [long, short] = [about("long", ["LOGIN-1"], 3), about("short", ["LOGIN-1"])]
    const leave = about("leave", ["LOGIN-3", "LEAVE-2"])
    const [crowd, basis] = [about("crowd", ["CONC-1"]), about("crowd-wants-one-name", ["LOGIN-4"])]
    const shuffled = [crowd, leave, long, basis, short]
    assert.deepStrictEqual(inTeachingOrder(shuffled), [short, long, leave, basis, crowd])
    assert.deepStrictEqual([leave, crowd].map(lessonOf), ["leave", "crowds"])
  })
})

describe("causes", () => {
  it("are the blamed clauses in teaching order, each with its shortest scenario and what it hides", () => {
    const long = failed(about("long", ["MSG-3"], 3), { "MSG-3": blamed })
    const short = failed(about("short", ["MSG-3"]), { "MSG-3": blamed })
    const hidden = failed(about("hidden", ["LEAVE-1"]), { "LEAVE-1": by("MSG-3") })
    const login = failed(about("login", ["LOGIN-3"], 9), { "LOGIN-3": blamed })
    const should = failed(about("should", ["LOGIN-2"]), { "LOGIN-2": blamed })
    const causes = causesOf([should, long, hidden, short, login], weightOf)
    assert.deepStrictEqual(
      causes.map(({ best, clause, hidden, level, others }) => [clause, level, best, others, hidden]),
      [
        ["LOGIN-3", "must", login, [], []],
        ["MSG-3", "must", short, [long], [hidden]],
        ["LOGIN-2", "should", should, [], []]
      ]
    )
  })

  it("are found in passing, too, and where a clause only stands in the way", () => {
    const passing = { ...skipped(about("passing", ["LOGIN-1"]), ""), verdict: "passed" as const }
    const broken = { ...passing, broken: new Map<ClauseId, string>([["WIRE-1", "two on one line"]]) }
    const hidden = failed(about("hidden", ["LEAVE-1"]), { "LEAVE-1": by("MSG-1") })
    assert.deepStrictEqual(
      causesOf([broken, hidden], weightOf).map(({ best, clause, level }) => [clause, level, best]),
      [
        ["MSG-1", "must", hidden],
        ["WIRE-1", "should", broken]
      ]
    )
    assert.include(reported([broken]), "note    two on one line")
  })

  it("are scenarios where there is no clause to blame, and nothing that is known to fail", () => {
    const own = failed(about("own", []), {})
    const known = failed(about("known", ["MSG-1"]), { "MSG-1": blamed })
    const causes = causesOf([own, known], (outcome) => (outcome === known ? "known" : weightOf(outcome)))
    assert.deepStrictEqual(
      causes.map(({ best, clause }) => [clause, best]),
      [[undefined, own]]
    )
  })
})

describe("the pretty report", () => {
  const login = failed(about("login", ["LOGIN-3"]), { "LOGIN-3": blamed })
  const welcome = failed(about("welcome", ["LOGIN-2"]), { "LOGIN-2": blamed })

  it("ends with at most three causes to mend first, and what each hides", () => {
    const hidden = failed(about("hidden", ["LEAVE-1"]), { "LEAVE-1": by("MSG-3") })
    const others = (["MSG-3", "LIST-1", "CONC-1"] as const).map((clause) =>
      failed(about(clause.toLowerCase(), [clause]), { [clause]: blamed })
    )
    const text = reported([hidden, ...others, login])
    assert.strictEqual(
      text.slice(text.indexOf("0 of 5")),
      `0 of 5 must clauses hold, 4 failed, 1 not reached.

Mend first:
1. LOGIN-3  a name in use is refused
   pnpm scenario scenarios/login.yaml:5 --spawn './chat {port}' --seed 7
   pnpm scenario explain LOGIN-3
2. MSG-3  nobody hears their own message
   1 scenario could not be judged because of it
   pnpm scenario scenarios/msg-3.yaml:5 --spawn './chat {port}' --seed 7
   pnpm scenario explain MSG-3
3. LIST-1  the list has everyone who is logged in, once
   pnpm scenario scenarios/list-1.yaml:5 --spawn './chat {port}' --seed 7
   pnpm scenario explain LIST-1
`
    )
  })

  it("folds levels that are not asked for into a count", () => {
    const folded = reported([login, welcome], { levels: ["must"] })
    assert.include(folded, "1 should or may scenario did not pass (LOGIN-2); --all shows them.")
    assert.notInclude(folded, "scenarios/welcome.yaml")
    assert.include(reported([login, welcome], { levels }), "warn  LOGIN-2")
  })

  it("tells in a line each what passes, where that is little, and nothing of how it was judged", () => {
    const passed = { ...skipped(login.scenario, ""), verdict: "passed" as const, notes: ["judged so"] }
    assert.include(reported([passed]), "pass  scenarios/login.yaml  login")
    assert.notInclude(reported([passed]), "judged so")
    assert.notInclude(reported(Array.from({ length: 13 }, () => passed)), "pass  scenarios")
    const full = reported(
      Array.from({ length: 13 }, () => passed),
      { isFull: true }
    )
    assert.include(full, "pass  scenarios/login.yaml  login")
    assert.include(full, "      judged so")
  })

  it("says once why scenarios were not played, with what a lost server wrote", () => {
    const targetLost = { _tag: "TargetFailed", reason: "gone", lastLines: ["Segmentation fault"] }
    const lost = { ...skipped(login.scenario, "gone", "inconclusive"), targetLost } as unknown as Outcome
    const text = reported([lost, lost, lost])
    assert.include(text, "3 inconclusive: gone\n  Segmentation fault\n")
    assert.strictEqual(text.split("gone").length, 2)
  })

  it("says what a failure may mean", () => {
    assert.include(hint("signal SIGPIPE"), "signal(SIGPIPE, SIG_IGN)")
    assert.include(hint("exit code 139"), "-g -fsanitize=address")
    assert.include(hint("exit code 1", ["bind: Address already in use"]), "SO_REUSEADDR")
    assert.notInclude(hint("exit code 1"), "hint")
  })

  it("says that the server sent the request back", () => {
    const request = { type: "login", username: "alice" }
    const happening = (kind: Happening["kind"], text: string): Happening => ({
      atMillis: 0,
      actor: "alice",
      kind,
      text,
      caption: "login",
      label: "login",
      ...(kind === "received" ? { value: request } : {})
    })
    const received = JSON.stringify(request)
    const happenings = [
      happening("sent", '{"type": "login", "username": "alice"}'),
      happening("received", received)
    ]
    const echo = (received: string) =>
      reported([failed(login.scenario, { "LOGIN-3": blamed }, { happenings }, {}, { received })])
    assert.include(echo(received), "this is what alice sent: your server sent the request back")
    assert.notInclude(echo("nothing"), "sent the request back")
  })
})

describe("the worst that a student's server can do", () => {
  const long = "x".repeat(10_000)
  const words = "as long as it gets ".repeat(200)
  const ids = Object.keys(clauses) as ReadonlyArray<ClauseId>
  const happenings = Array.from({ length: 500 }, (_, index): Happening => ({
    atMillis: index,
    actor: `guest${index % 40}${"s".repeat(index)}`,
    kind: "received",
    label: "reply",
    text: long,
    caption: long
  }))
  const outcomes = Array.from({ length: 112 }, (_, index) => {
    const clause = ids[index % ids.length]!
    const scenario = {
      ...about(`${clause}-${index}-${"a".repeat(60)}`, [clause]),
      story: words,
      level: "must" as const
    }
    const step = { ...scenario.steps[1]!, because: words }
    return failed(
      { ...scenario, text: scenario.text.replaceAll("nothing", `nothing ${long}`) },
      { [clause]: blamed },
      { happenings, notes: [words, words, words] },
      {
        place: { part: "steps", step },
        crash: "signal SIGSEGV",
        lastLines: Array.from({ length: 50 }, () => long)
      },
      { expected: long, received: words, hint: long, after: "after much", withinMillis: 5_000 }
    )
  })
  const text = reported(outcomes, { target: long.slice(0, 200), levels: ["must"] })

  it("is told in 120 lines of 80 columns", () => {
    assert.isAtMost(heightOf(text.trimEnd().split("\n"), 80), 120)
    const [last] = text.split("Mend first:").slice(-1)
    assert.strictEqual(last!.split("pnpm scenario explain").length, 4)
  })

  it("says how much of it was cut", () => {
    assert.match(text, /server .*SIGSEGV\n +x+ … \+\d{4}\n/)
    assert.match(text, /│ +x+ … \+\d{4} …/)
    assert.match(text, /\nand \d+ more\n/)
  })

  it("needs no word that only we know", () => {
    for (const word of ["lane", "fence", "weaker", "in passing", "noise"]) assert.notInclude(text, word)
  })
})
