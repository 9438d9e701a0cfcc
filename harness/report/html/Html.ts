import { performance } from "node:perf_hooks"
import { nameOf } from "../../scenario/Name.ts"
import type { Outcome } from "../../verdict/Outcome.ts"
import type { Summary } from "../../verdict/Summary.ts"
import type { Reporter, RunInfo } from "../Reporter.ts"
import { bytesOf, Room } from "./Bytes.ts"
import { html as markup } from "./Markup.ts"
import { clausesView, causesView, type Entry, headView } from "./Overview.ts"
import { asset, pageOf } from "./Page.ts"
import { scenarioView } from "./ScenarioView.ts"

/** One page that stands by itself: verdicts and causes, and of each scenario its file, its exchange and its bytes. */
export const html = (info: RunInfo): Reporter => {
  const startMillis = performance.now()
  return { end: (summary) => reportOf(summary, performance.now() - startMillis, info) }
}

const reportOf = (summary: Summary, ms: number, info: RunInfo): string => {
  const { texts } = info
  const entries = entriesOf(summary, info)
  const lanesMax = Math.max(1, ...entries.map(({ exchange }) => exchange?.actors.length ?? 0))
  const exchanges = entries.flatMap(({ exchange, id }) => (exchange ? [[id, exchange] as const] : []))
  return pageOf({
    language: texts.language,
    title: texts.report.against(summary.outcomes.length, info.target),
    style: asset("report.css", import.meta.url) + laneRules(lanesMax),
    script: asset("report.js", import.meta.url),
    data: { texts: scriptTexts(texts), ...bytesOf(exchanges, texts.span) },
    body: markup`${headView(summary, ms, info)}
<main>
${causesView(entries, summary, info)}
${clausesView(summary, info)}
<section aria-labelledby="scenarios"><h2 id="scenarios">${texts.html.scenarios}</h2>
${entries.map((entry) => scenarioView(entry, info))}
</section>
</main>
<aside id="bytes" aria-labelledby="bytes-title" hidden><header><h2 id="bytes-title">${texts.html.bytes.heading}</h2><button type="button">${texts.html.bytes.close}</button></header><div id="bytes-body" tabindex="0" role="group" aria-labelledby="bytes-title"></div></aside>`
  })
}

/** The outcomes with what failed first, each with a name of its own; the first of them is open. */
const entriesOf = ({ outcomes }: Summary, { weightOf }: RunInfo): ReadonlyArray<Entry> => {
  const rank = (outcome: Outcome) => ["failed", "warned", "known", "inconclusive"].indexOf(weightOf(outcome))
  const place = (outcome: Outcome) => (rank(outcome) === -1 ? ranksMax : rank(outcome))
  const times = new Map<string, number>()
  const room = new Room()
  return outcomes
    .toSorted((a, b) => place(a) - place(b))
    .map((outcome, index) => {
      const name = placeOnPage(nameOf(outcome.scenario.file))
      const time = (times.get(name) ?? 0) + 1
      times.set(name, time)
      const { exchange } = outcome
      return {
        id: time === 1 ? name : `${name}~${time}`,
        outcome,
        exchange: exchange && room.shown(exchange),
        isOpen: index === 0
      }
    })
}

/** The place of a scenario on the page, by its name. */
export const placeOnPage = (name: string): string => name.replaceAll(/[^\w.-]/g, "-")

const ranksMax = 10

/** What the script of the page says to people; `{actor}` and `{n}` stand for what it puts in. */
const scriptTexts = ({ html: { bytes, receives, sends } }: RunInfo["texts"]) => ({
  ...bytes,
  out: sends("{actor}"),
  in: receives("{actor}")
})

/** The columns of diagrams with so many lanes, and the places of the lanes: two columns for each, after the times. */
const laneRules = (actorsMax: number): string =>
  Array.from({ length: actorsMax + 1 }, (_, lane) => {
    const middle = 2 * lane + 3
    return (
      `.n${lane} .row,.n${lane} .lanes{grid-template-columns:3.4rem repeat(${2 * lane + 2},minmax(2.9rem,1fr))}` +
      `.c${lane}{grid-column:${middle - 1}/${middle + 1}}.w${lane}{grid-column:3/${middle}}` +
      `.m${lane}{grid-column:2/${middle}}.l${lane}{grid-column:${middle}}`
    )
  }).join("")
