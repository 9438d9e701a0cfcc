import { clip } from "../../Format.ts"
import { nodesText, replay } from "../FailurePicture.ts"
import { hintsOf } from "../Hints.ts"
import type { RunInfo } from "../Reporter.ts"
import { exchangeView } from "./ExchangeView.ts"
import { html, type Markup, term } from "./Markup.ts"
import { clauseView, type Entry, resultOf } from "./Overview.ts"
import { sourceView } from "./SourceView.ts"

/** One scenario: what it came to, its file, and beside that its exchange. */
export const scenarioView = ({ exchange, id, isOpen, outcome }: Entry, info: RunInfo): Markup => {
  const { clauses, failure, ms, notes, reason, scenario } = outcome
  const { report } = info.texts
  const { sign, weight, word } = resultOf(outcome, info)
  const facts: ReadonlyArray<readonly [string, string | undefined]> = [
    [report.labels.story, scenario.story?.trim()],
    [report.labels.note, notes.length > 0 ? notes.join("; ") : undefined],
    ...hintsOf(outcome, info.texts).map((hint) => [report.hint, hint] as const),
    [report.labels.nodes, failure && nodesText(outcome, info)],
    [report.labels.server, failure?.crash === undefined ? undefined : report.serverEnded(failure.crash)],
    [report.labels.screen, failure?.finding.screen?.join(" ⏎ ")],
    ["", failure === undefined ? reason : undefined]
  ]
  const told = facts.flatMap(([label, text]) =>
    text === undefined ? [] : [term(label, clip(text, factMax))]
  )
  return html`<details class="scenario ${weight}" id="${id}" ${isOpen ? html` open` : undefined}>
    <summary>
      <span class="sign">${sign}</span><span class="title">${scenario.title}</span
      ><span class="result">${word}</span><span class="file">${scenario.file}</span
      ><span class="ms">${info.texts.span(ms)}</span>
    </summary>
    <p class="clauses">${[...clauses].map(([clause, { verdict }]) => clauseView(clause, verdict, info))}</p>
    ${told.length > 0 ? html`<dl class="facts">${told}</dl>` : undefined}${failure === undefined ? undefined : html`<p class="again">${info.texts.html.playAgain} <code>${replay(outcome, info)}</code></p>`}
    <div class="panes${exchange === undefined ? " alone" : ""}">
      ${sourceView(scenario, exchange, info)}${exchange === undefined ? undefined : exchangeView(outcome, exchange, info)}
    </div>
  </details> `
}

const factMax = 1_000
