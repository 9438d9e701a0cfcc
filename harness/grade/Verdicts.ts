import { clauses, type ClauseId, type Level } from "../language/Clauses.ts"
import { clip, visible } from "../Format.ts"
import { nameOf } from "../scenario/Name.ts"
import type { Scenario } from "../scenario/Scenario.ts"
import type { Catalogue } from "../texts/Catalogue.ts"
import type { Played } from "./Assignment.ts"
import type { ClauseGrade, Result, ScenarioGrade } from "./Grade.ts"
import type { Judged } from "./Judging.ts"
import type { Limit } from "./Meter.ts"

/** The scenarios of a class; of the hidden ones students may know the clauses. */
export interface Scenarios {
  readonly visible: ReadonlyArray<Scenario>
  readonly hidden: ReadonlyArray<Scenario>
}

/** What a submission showed, by scenario and by clause. */
export const verdictsOf = (
  { hidden, visible: shown }: Scenarios,
  { limits, played }: Pick<Judged, "limits" | "played">,
  texts: Catalogue,
  limitText: (limit: Limit) => string
): { readonly scenarios: ReadonlyArray<ScenarioGrade>; readonly clauses: ReadonlyArray<ClauseGrade> } => {
  const table = new Map<string, ClauseGrade>()
  const levels = new Set([...shown, ...hidden].map(({ level }) => level))
  const tell = (clause: ClauseId, level: Level, result: Result): void => {
    if (!levels.has(level)) return
    const key = `${clause} ${level}`
    const known = table.get(key)
    if (known === undefined || severity.indexOf(result) > severity.indexOf(known.result))
      table.set(key, { clause, level, result })
  }
  const gradeOf = (scenario: Scenario, isHidden: boolean): ReadonlyArray<ScenarioGrade> => {
    const { file, level, proves, title } = scenario
    const one = played.get(file)
    if (one?.verdict === "skipped" && one.reason !== undefined) return []
    const isLost = one === undefined || [...played.values()].some(({ lost }) => lost !== undefined)
    const result = resultOf(one?.verdict ?? "skipped", isLost)
    const verdicts = new Map(one?.clauses)
    for (const clause of new Set([...proves, ...verdicts.keys()]))
      tell(clause, level, resultOf(verdicts.get(clause)?.verdict ?? "skipped", isLost))
    for (const clause of one?.broken ?? []) tell(clause, clauses[clause], "failed")
    const limit = limits.get(file)
    const failed = [...verdicts].flatMap(([clause, { verdict }]) => (verdict === "failed" ? [clause] : []))
    const sentence = limit === undefined ? sentenceOf(one, failed, isHidden, texts) : limitText(limit)
    return [
      {
        name: nameOf(file),
        title,
        isHidden,
        level,
        result,
        clauses: proves,
        failed: [...failed, ...(one?.broken ?? [])],
        ...(sentence !== undefined && { sentence })
      }
    ]
  }
  const scenarios = [
    ...shown.flatMap((scenario) => gradeOf(scenario, false)),
    ...hidden.flatMap((scenario) => gradeOf(scenario, true))
  ]
  const order = Object.keys(clauses)
  return {
    scenarios,
    clauses: [...table.values()].toSorted((a, b) => order.indexOf(a.clause) - order.indexOf(b.clause))
  }
}

/** Once there was no server, what was not judged was not played. */
const resultOf = (verdict: Played["verdict"], isLost: boolean): Result =>
  verdict === "skipped" || (verdict === "inconclusive" && isLost) ? "not_played" : verdict

/** Of several results on one clause the last of these counts. */
const severity: ReadonlyArray<Result> = ["passed", "not_played", "inconclusive", "not_reached", "failed"]

/** What went wrong; of a hidden scenario only the rule that was broken. */
const sentenceOf = (
  played: Played | undefined,
  failed: ReadonlyArray<ClauseId>,
  isHidden: boolean,
  { clauses: rules, grading, report }: Catalogue
): string | undefined => {
  if (failed[0] === undefined) return undefined
  if (isHidden) return rules[failed[0]].rule
  const { crash, expected, received } = played!
  if (expected === undefined || received === undefined) return undefined
  const failure = grading.failed(shortened(expected), shortened(received))
  return crash === undefined ? failure : `${failure}; ${report.serverEnded(crash)}`
}

const shortened = (text: string): string => clip(visible(text), 300)
