import { oneLine, titleLine } from "./OneLine.ts"
import type { Catalogue } from "../texts/Catalogue.ts"
import type { Arrow, Exchange, Row } from "../trace/Exchange.ts"

/** An exchange as a picture: a lane for the server and each client, time from top to bottom; light or dark as the reader's screen. */
export const svg = (title: string, { actors, rows }: Exchange, texts: Catalogue): string => {
  const xOf = (actor: string): number => serverX + firstLane + actors.indexOf(actor) * lane
  const width = Math.max(widthMin, (actors.length === 0 ? serverX : xOf(actors.at(-1)!)) + margin)
  const pen: Pen = { texts, xOf, width }
  let y = headHeight
  const drawn = rows.map((row) => {
    const height = heights[row._tag]
    const text = draw(row, y + height, pen)
    y += height
    return text
  })
  const height = y + foot
  const lanes = [
    [serverX, texts.html.server] as const,
    ...actors.map((actor) => [xOf(actor), actor] as const)
  ]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(titleLine(title))}</title>`,
    `<style>${style}</style>`,
    `<rect class="page" width="${width}" height="${height}" rx="8"/>`,
    ...lanes.map(([x]) => `<path class="lane" d="M${x} ${headHeight - 8}V${height - foot / 2}"/>`),
    ...lanes.map(([x, name]) => text(x, headHeight - 18, name, "head middle")),
    ...drawn,
    "</svg>",
    ""
  ].join("\n")
}

/** The words and the measures of a picture: where the lanes are, and how wide it is. */
interface Pen {
  readonly texts: Catalogue
  readonly xOf: (actor: string) => number
  readonly width: number
}

const draw = (row: Row, y: number, { texts: { diagram, html, report, span }, width, xOf }: Pen): string => {
  switch (row._tag) {
    case "Arrow":
      return arrow(row, y, xOf(row.actor))
    case "Mark": {
      const x = xOf(row.actor)
      const said = row.by === "server" ? diagram.theServer(row.text) : row.text
      return `<circle class="dot ${row.what}" cx="${x}" cy="${y - 6}" r="4"/>${text(x - gap, y - 2, said, "mark end")}`
    }
    case "Note":
    case "Log":
      return text(width / 2, y - 6, row.text, "note middle", Math.floor(width / noteCharacter))
    case "Gap":
      return text(serverX, y - 4, `⋮ ${span(row.millis)}`, "quiet middle")
    case "Dropped":
      return text(serverX, y - 4, `⋮ ${html.left(row.rows)}`, "quiet middle")
    case "Fence":
      return row.actors.map((actor) => `<path class="tick" d="M${xOf(actor) - 5} ${y - 6}h10"/>`).join("")
    case "Violation":
      return [
        `<rect class="violation" x="${gap}" y="${y - heights.Violation + 8}" width="${width - 2 * gap}" height="${heights.Violation - 12}" rx="4"/>`,
        text(
          width / 2,
          y - 30,
          `✗ ${[...row.clauses, report.expected].join(" ")} ${row.expected ?? diagram.otherwise}`,
          "wrong middle",
          Math.floor(width / noteCharacter)
        ),
        text(
          width / 2,
          y - 13,
          `${report.received} ${row.received}`,
          "wrong middle",
          Math.floor(width / noteCharacter)
        )
      ].join("")
  }
}

/** An arrow between a client and the server, with its caption at the client's end. */
const arrow = ({ caption, direction, isRefusal, isWrong, what }: Arrow, y: number, x: number): string => {
  const [from, to] = direction === "out" ? [x, serverX] : [serverX, x]
  const back = direction === "out" ? 7 : -7
  const look = `${what}${isRefusal ? " refusal" : ""}${isWrong ? " wrong" : ""}`
  return (
    `<g class="${look}"><path class="line" d="M${from} ${y - 4}H${to}"/>` +
    `<path class="tip" d="M${to} ${y - 4}l${back} -4v8z"/>${text(x - gap, y - 9, caption, "end")}</g>`
  )
}

const text = (x: number, y: number, content: string, look: string, max = charactersMax): string =>
  `<text class="${look}" x="${x}" y="${y}">${escaped(oneLine(content, max))}</text>`

/** A text that stands in SVG or HTML as it is. */
export const escaped = (content: string): string =>
  content.replaceAll(/[&<>"]/g, (sign) => `&#${sign.codePointAt(0)};`)

/** Pixels. The captions fit between the server and the first client; those of the others run over the lanes before. */
const serverX = 70
const firstLane = 300
const lane = 140
const margin = 70
const widthMin = 460
const headHeight = 52
const foot = 24
const gap = 12
const heights: Record<Row["_tag"], number> = {
  Arrow: 30,
  Mark: 26,
  Fence: 14,
  Note: 28,
  Log: 24,
  Violation: 56,
  Gap: 22,
  Dropped: 22
}

const charactersMax = 40
/** The width of a character in a remark, at most. */
const noteCharacter = 7.5

const style = [
  ":root{--page:#fff;--ink:#1f2328;--quiet:#59636e;--lane:#c8cfd8;--request:#0550ae;--reply:#1a7f37;--event:#8250df;--wrong:#cf222e}",
  "@media(prefers-color-scheme:dark){:root{--page:#0d1117;--ink:#e6edf3;--quiet:#9198a1;--lane:#3d444d;--request:#79c0ff;--reply:#56d364;--event:#d2a8ff;--wrong:#ff7b72}}",
  ".page{fill:var(--page)}.lane{stroke:var(--lane)}",
  "text{font:13px ui-sans-serif,system-ui,sans-serif;fill:var(--ink);stroke:var(--page);stroke-width:4px;paint-order:stroke}",
  ".head{font-weight:600;font-size:14px}.middle{text-anchor:middle}.end{text-anchor:end}",
  ".line{stroke:var(--c);stroke-width:1.5;fill:none}.tip{fill:var(--c)}",
  ".request{--c:var(--request)}.reply{--c:var(--reply)}.reply .line{stroke-dasharray:5 3}.event{--c:var(--event)}.noise,.refusal,.wrong{--c:var(--wrong)}",
  "text.wrong{fill:var(--wrong)}.violation{fill:var(--page);stroke:var(--wrong)}",
  ".dot{fill:var(--page);stroke:var(--quiet);stroke-width:1.5}.dot.ends{fill:var(--quiet)}.tick{stroke:var(--quiet)}",
  ".mark,.note,.quiet{fill:var(--quiet)}.note{font-style:italic}"
].join("")
