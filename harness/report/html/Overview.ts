import { runner } from "../../../src/Invocation.ts"
import { type ClauseId, clauses as levelOf } from "../../language/Clauses.ts"
import type { Exchange } from "../../trace/Exchange.ts"
import type { Outcome, Verdict } from "../../verdict/Outcome.ts"
import { levelsIn, type Summary } from "../../verdict/Summary.ts"
import { causesOf, type Cause } from "../Causes.ts"
import { familyOf, marks } from "../ClauseTable.ts"
import { placeOf, replay } from "../FailurePicture.ts"
import type { RunInfo } from "../Reporter.ts"
import { notPlayed } from "../Pretty.ts"
import { colourless } from "../Style.ts"
import { mustsOf, type Totals, totalsOf } from "../Totals.ts"
import { html, type Markup, term } from "./Markup.ts"

/** An outcome with its place on the page. */
export interface Entry {
  readonly id: string
  readonly outcome: Outcome
  /** As much of its exchange as is shown. */
  readonly exchange: Exchange | undefined
  readonly isOpen: boolean
}

/** What a run comes to, and what was run. */
export const headView = (summary: Summary, ms: number, info: RunInfo): Markup => {
  const { startedAt, target, texts, version } = info
  const musts = mustsOf(summary)
  const totals = Object.entries(totalsOf(summary)).flatMap(([name, count]) => {
    const what = name as keyof Totals
    return count > 0 ? [html`<li class="${what}">${texts.report.counts[what](count)}</li>`] : []
  })
  const reasons = notPlayed(summary, { ...info, style: colourless, width: reasonWidth })
    .slice(1)
    .map((line) => html`<pre class="reasons">${line}</pre>`)
  const title =
    musts.all > 0 ? texts.meaning.musts(musts) : texts.report.against(summary.outcomes.length, target)
  return html`<header class="run">
    <h1>${title}</h1>
    <ul class="counts">
      ${totals}
      <li>${texts.report.inTime(ms)}</li>
    </ul>
    <p>
      ${texts.report.against(summary.outcomes.length, target)} · ${texts.report.seed(info.seed)} · palabre
      ${version} ·
      <time datetime="${startedAt.toISOString()}"
        >${startedAt.toISOString().slice(0, 16).replace("T", " ")} UTC</time
      >
    </p>
    ${reasons}
  </header>`
}

/** Characters of a line that tells why scenarios were not played. */
const reasonWidth = 200

/** The causes of all failures, in the order in which they are best mended. */
export const causesView = (
  entries: ReadonlyArray<Entry>,
  { outcomes }: Summary,
  info: RunInfo
): Markup | undefined => {
  const causes = causesOf(outcomes, info.weightOf)
  if (causes.length === 0) return undefined
  const idOf = (outcome: Outcome) => entries.find((entry) => entry.outcome === outcome)?.id ?? ""
  return html`<section aria-labelledby="causes">
    <h2 id="causes">${info.texts.html.causes}</h2>
    <ol class="causes">
      ${causes.map((cause) => causeView(cause, idOf, info))}
    </ol>
  </section>`
}

const causeView = (cause: Cause, idOf: (outcome: Outcome) => string, info: RunInfo): Markup => {
  const { best, clause, hidden, level, others } = cause
  const { texts } = info
  const { failure } = best
  const title = clause === undefined ? best.scenario.title : `${clause}  ${texts.clauses[clause].title}`
  const line = failure === undefined || failure.place === "the end" ? undefined : failure.place.step.line
  const place = line === undefined ? idOf(best) : `${idOf(best)}:${line}`
  const isGrave = level === "must" || info.weightOf(best) === "failed"
  const inPassing = failure === undefined && clause !== undefined ? best.broken.get(clause) : undefined
  const command = html`<code>${replay(best, info)}</code>`
  return html`<li class="${isGrave ? "failed" : "warned"}">
    <h3>${title} <small>${level}</small></h3>
    <p><a href="#${place}">${best.scenario.file}:${placeOf(best).line}</a> ${best.scenario.title}</p>
    <dl>
      ${term(texts.report.expected, failure?.finding.expected)}${term(texts.report.received, failure?.finding.received)}${term(texts.report.labels.note, inPassing)}${term(
        texts.report.labels.also,
        others.length > 0
          ? html`<ul class="also">
              ${others.map((other) => html`<li><a href="#${idOf(other)}">${other.scenario.title}</a></li>`)}
            </ul>`
          : undefined
      )}${term(texts.report.labels.hides, hidden.length > 0 ? texts.report.hides(hidden.length) : undefined)}${term(texts.html.playAgain, command)}${term(
        texts.html.explain,
        clause === undefined ? undefined : html`<code>${runner} scenario explain ${clause}</code>`
      )}
    </dl>
  </li> `
}

/** The verdict on each clause: a row for each family, a column for each level. */
export const clausesView = (summary: Summary, info: RunInfo): Markup | undefined => {
  const table = summary.clauses
  if (table.size === 0) return undefined
  const levels = levelsIn(table)
  const rows = [...Map.groupBy(table, ([clause]) => familyOf(clause))].map(([family, own]) => {
    const cells = levels.map((level) =>
      own.flatMap(([clause, row]) => {
        const verdict = row.get(level)
        return verdict === undefined ? [] : [clauseView(clause, verdict, info)]
      })
    )
    return html`<tr>
      <th scope="row">${family}</th>
      ${cells.map((cell) => html`<td>${cell}</td>`)}
    </tr> `
  })
  return html`<section aria-labelledby="clauses">
    <h2 id="clauses">${info.texts.html.clauses}</h2>
    <div class="wide" tabindex="0" role="group" aria-labelledby="clauses">
      <table>
        <thead>
          <tr>
            <td></td>
            ${levels.map((level) => html`<th scope="col">${level}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
  </section>`
}

/** A clause and the verdict on it, in little room. */
export const clauseView = (clause: ClauseId, verdict: Verdict, { texts }: RunInfo): Markup => {
  const word = texts.report.verdicts[verdict]
  return html`<span
    class="clause ${verdict}"
    title="${texts.clauses[clause].title} (${levelOf[clause]}): ${word}"
    >${clause} ${marks[verdict]}<span class="unseen"> ${word}</span></span
  > `
}

/** What a scenario came to, in a sign and a word. */
export const resultOf = (outcome: Outcome, { texts, weightOf }: RunInfo) => {
  const weight = weightOf(outcome)
  const isHidden = weight === "failed" && outcome.verdict === "not_reached"
  const name = isHidden ? "notReached" : weight
  return { weight: name, word: texts.html.weights[name], sign: signs[name] }
}

const signs = {
  passed: "✓",
  failed: "✗",
  notReached: "○",
  warned: "!",
  known: "~",
  skipped: "–",
  inconclusive: "?"
} as const
