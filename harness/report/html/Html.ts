import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { performance } from "node:perf_hooks"
import { nameOf } from "../../scenario/Name.ts"
import type { Outcome } from "../../verdict/Outcome.ts"
import type { Summary } from "../../verdict/Summary.ts"
import type { Reporter, RunInfo } from "../Reporter.ts"
import { bytesOf, Room } from "./Bytes.ts"
import { data, html as markup, Markup } from "./Markup.ts"
import { clausesView, causesView, type Entry, headView } from "./Overview.ts"
import { scenarioView } from "./ScenarioView.ts"

/** One page that stands by itself: verdicts and causes, and of each scenario its file, its exchange and its bytes. */
export const html = (info: RunInfo): Reporter => {
  const startMillis = performance.now()
  return { end: (summary) => pageOf(summary, performance.now() - startMillis, info) }
}

const pageOf = (summary: Summary, ms: number, info: RunInfo): string => {
  const { texts } = info
  const entries = entriesOf(summary, info)
  const lanesMax = Math.max(1, ...entries.map(({ exchange }) => exchange?.actors.length ?? 0))
  const style = asset("report.css") + laneRules(lanesMax)
  const script = asset("report.js")
  const exchanges = entries.flatMap(({ exchange, id }) => (exchange ? [[id, exchange] as const] : []))
  const policy = `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)}; base-uri 'none'; form-action 'none'`
  return markup`<!doctype html>
<html lang="${texts.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${texts.report.against(summary.outcomes.length, info.target)}</title>
<style>${new Markup(style)}</style>
</head>
<body>
${headView(summary, ms, info)}
<main>
${causesView(entries, summary, info)}
${clausesView(summary, info)}
<section aria-labelledby="scenarios"><h2 id="scenarios">${texts.html.scenarios}</h2>
${entries.map((entry) => scenarioView(entry, info))}
</section>
</main>
<aside id="bytes" aria-labelledby="bytes-title" hidden><header><h2 id="bytes-title">${texts.html.bytes.heading}</h2><button type="button">${texts.html.bytes.close}</button></header><div id="bytes-body" tabindex="0" role="group" aria-labelledby="bytes-title"></div></aside>
<script type="application/json" id="data">${data({ texts: scriptTexts(texts), ...bytesOf(exchanges) })}</script>
<script>${new Markup(script)}</script>
</body>
</html>
`.text
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
      const name = nameOf(outcome.scenario.file).replaceAll(/[^\w.-]/g, "-")
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

const ranksMax = 10

/** What the script of the page says to people; `{actor}` and `{n}` stand for what it puts in. */
const scriptTexts = ({ html: { bytes, receives, sends } }: RunInfo["texts"]) => ({
  ...bytes,
  out: `${sends("{actor}")}: `,
  in: `${receives("{actor}")}: `
})

const asset = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8")

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`

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
