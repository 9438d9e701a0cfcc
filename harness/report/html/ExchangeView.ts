import { listed } from "../../Format.ts"
import {
  type Arrow,
  type Exchange,
  type Row,
  type Span,
  type Violation,
  withGaps
} from "../../trace/Exchange.ts"
import type { Outcome } from "../../verdict/Outcome.ts"
import type { RunInfo } from "../Reporter.ts"
import { html, type Markup, term } from "./Markup.ts"

/**
 * The exchange of a scenario as a sequence diagram; each row that belongs to a step or has bytes can be selected. The
 * script of the page numbers the rows, and says for those who do not see it who sends or receives.
 */
export const exchangeView = (outcome: Outcome, exchange: Exchange, info: RunInfo): Markup => {
  const { actors, rows, segments } = exchange
  const { texts } = info
  const lanes = new Map(actors.map((actor, index) => [actor, index + 1]))
  const view: View = { outcome, info, segments, laneOf: (actor) => lanes.get(actor) ?? 0 }
  const names = [texts.html.server, ...actors]
  return html`<div
    class="exchange n${actors.length}"
    tabindex="0"
    role="group"
    aria-label="${texts.html.exchange}"
  >
    <div class="canvas">
      <div class="row heads">${names.map((name, lane) => html`<b class="c${lane}">${name}</b>`)}</div>
      <div class="lanes" aria-hidden="true">${names.map((_, lane) => html`<i class="l${lane}"></i>`)}</div>
      ${withGaps(rows).map((row) => rowView(row, view))}
    </div>
  </div>`
}

/** What all rows of a diagram need to know. */
interface View {
  readonly outcome: Outcome
  readonly info: RunInfo
  readonly segments: Exchange["segments"]
  readonly laneOf: (actor: string) => number
}

const rowView = (row: Row, view: View): Markup => {
  const { html: texts } = view.info.texts
  switch (row._tag) {
    case "Arrow":
      return arrowView(row, view)
    case "Mark": {
      const lane = view.laneOf(row.actor)
      const text = row.by === "server" ? `${texts.server} ${row.text}` : `${row.actor} ${row.text}`
      const inside = html`${timeView(row, view)}<span class="mark m${lane}">${text}</span
        ><i class="dot l${lane} ${row.what}"></i>`
      return row.line === undefined
        ? html`<div class="row">${inside}</div> `
        : html`<a class="row" data-line="${row.line}">${inside}</a> `
    }
    case "Fence": {
      const lanes = row.actors.map(view.laneOf)
      const text = texts.fence(listed(row.actors, view.info.texts.play.and))
      const ticks = lanes.map((lane) => html`<i class="tick l${lane}"></i>`)
      return html`<div class="row fence" role="img" title="${text}">
        <i class="w${Math.max(...lanes)}"></i>${ticks}
      </div> `
    }
    case "Note":
      return html`<div class="row note">${timeView(row, view)}<span>${row.text}</span></div> `
    case "Log":
      return html`<div class="row log">${timeView(row, view)}<span>${linesOf(row.text)}</span></div> `
    case "Gap":
      return html`<div class="row gap"><span>⋮ ${view.info.texts.span(row.millis)}</span></div> `
    case "Dropped":
      return html`<div class="row gap"><span>⋮ ${texts.left(row.rows)}</span></div> `
    case "Violation":
      return violationView(row, view)
  }
}

const linesOf = (text: string): ReadonlyArray<Markup> =>
  text.split("\n").map((line, index) => (index === 0 ? html`${line}` : html`<br />${line}`))

const arrowView = (row: Arrow, view: View): Markup => {
  const { laneOf, segments } = view
  const { actor, bytes, caption, direction, isRefusal, isWrong, line, what } = row
  const look = `${direction} ${what}${isRefusal ? " refusal" : ""}${isWrong ? " wrong" : ""}`
  const lane = laneOf(actor)
  const links = [
    line === undefined ? undefined : html` data-line="${line}"`,
    bytes.length === 0
      ? undefined
      : html` data-bytes="${bytes.map((span) => spanned(span, segments)).join(" ")}"`
  ]
  return html`<a class="row ${look}" ${links}
    >${timeView(row, view)}<span class="caption">${caption}</span><i class="arrow w${lane}"></i
  ></a> `
}

/** A part of a segment in short: its place alone is the whole of it. */
const spanned = ({ from, segment, to }: Span, segments: Exchange["segments"]): string =>
  from === 0 && to === segments[segment]?.length ? `${segment}` : `${segment}:${from}:${to}`

/** What broke, where it broke. */
const violationView = (row: Violation, { info, outcome }: View): Markup => {
  const { texts } = info
  const { expected, received } = texts.report
  const heads = row.clauses.map((clause) => `${clause} ${texts.clauses[clause].title}`)
  const place = outcome.failure?.place
  const because = row.expected === undefined || place === "the end" ? undefined : place?.step.because
  const title = heads.length > 0 ? heads.join(", ") : texts.report.verdicts.not_reached
  const passing = row.expected === undefined ? html` <small>${texts.html.inPassing}</small>` : undefined
  return html`<div class="violation">
    <strong>✗ ${title}</strong>${passing}
    <dl>
      ${term(expected, row.expected)}${term(received, row.received)}${term(texts.report.because, because)}
    </dl>
  </div> `
}

const timeView = (
  { atMillis }: { readonly atMillis?: number },
  { info: { texts } }: View
): Markup | undefined => (atMillis === undefined ? undefined : html`<time>${texts.tenths(atMillis)}</time>`)
