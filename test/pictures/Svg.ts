import { cells } from "../../harness/Format.ts"
import type { Piece } from "../support/VirtualTerminal.ts"

/** The rows of a terminal as an SVG, which is light or dark as its reader likes it; `title` is read to who cannot see it. */
export const svgOf = (
  rows: ReadonlyArray<ReadonlyArray<Piece>>,
  { columns, title }: { readonly columns: number; readonly title: string }
): string => {
  const width = columns * cell.width + 2 * margin
  const height = rows.length * cell.height + 2 * margin
  const texts = rows.flatMap((row, index) => row.flatMap((piece) => textOf(piece, index)))
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escaped(title)}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<title>${escaped(title)}</title>
<style>
svg { --paper: #ffffff; --edge: #d0d7de; --ink: #1f2328; --dim: #59636e; --c1: #b3261e; --c2: #116329; --c3: #7d4e00; --c4: #0550ae; --c5: #8250df; --c6: #0b5c6b }
@media (prefers-color-scheme: dark) { svg { --paper: #0d1117; --edge: #3d444d; --ink: #f0f6fc; --dim: #9198a1; --c1: #ff7b72; --c2: #56d364; --c3: #e3b341; --c4: #79c0ff; --c5: #d2a8ff; --c6: #76e3ea } }
rect { fill: var(--paper); stroke: var(--edge) }
text { fill: var(--ink); font: ${cell.fontSize}px ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre }
.bold { font-weight: bold }
.dim { fill: var(--dim) }
${[1, 2, 3, 4, 5, 6].map((colour) => `.c${colour} { fill: var(--c${colour}) }`).join("\n")}
</style>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
${texts.join("\n")}
</svg>
`
}

/** Each piece is as wide as its cells, whatever font there is. */
const textOf = ({ column, style, text }: Piece, row: number): ReadonlyArray<string> => {
  const shown = text.trimEnd()
  if (shown.trim() === "") return []
  const x = margin + column * cell.width
  const y = margin + row * cell.height + cell.baseline
  const { colour, isBold, isDim } = style
  const classes = [
    ...(isBold ? ["bold"] : []),
    ...(isDim ? ["dim"] : []),
    ...(colour === undefined || colour % 7 === 0 ? [] : [`c${colour}`])
  ]
  const named = classes.length === 0 ? "" : ` class="${classes.join(" ")}"`
  return [
    `<text x="${round(x)}" y="${y}" textLength="${round(cells(shown) * cell.width)}"${named}>${escaped(shown)}</text>`
  ]
}

const cell = { width: 8.4, height: 20, fontSize: 14, baseline: 15 } as const
const margin = 16

const round = (value: number): number => Math.round(value * 10) / 10

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;")
