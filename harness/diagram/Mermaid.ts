import { oneLine } from "./OneLine.ts"
import type { Catalogue } from "../texts/Catalogue.ts"
import type { Exchange, Row } from "../trace/Exchange.ts"

/** An exchange as the text of a sequence diagram that Mermaid draws. */
export const mermaid = ({ actors, rows }: Exchange, texts: Catalogue): string => {
  const aliases = new Map(actors.map((actor, index) => [actor, `a${index + 1}`]))
  const laneOf = (actor: string | undefined) => aliases.get(actor ?? "") ?? server
  const all = actors.length === 0 ? server : `${server},a${actors.length}`
  const lines = [
    `participant ${server} as ${texts.html.server}`,
    ...actors.map((actor) => `participant ${laneOf(actor)} as ${escaped(actor)}`),
    ...rows.flatMap((row) => statement(row, laneOf, all, texts))
  ]
  return ["sequenceDiagram", ...lines.map((line) => `  ${line}`), ""].join("\n")
}

const server = "s"

const statement = (
  row: Row,
  laneOf: (actor: string | undefined) => string,
  all: string,
  texts: Catalogue
): ReadonlyArray<string> => {
  switch (row._tag) {
    case "Arrow": {
      const lane = laneOf(row.actor)
      const text = escaped(row.caption)
      if (row.direction === "out") return [`${lane}->>${server}: ${text}`]
      return [`${server}${row.isRefusal ? "--x" : "-->>"}${lane}: ${text}`]
    }
    case "Mark":
      return [
        `Note over ${laneOf(row.actor)}: ${escaped(row.by === "server" ? texts.diagram.theServer(row.text) : row.text)}`
      ]
    case "Note":
    case "Log":
      return [`Note over ${all}: ${escaped(row.text)}`]
    case "Violation":
      return [`Note over ${all}: ✗ ${escaped([...row.clauses, row.received].join(" "))}`]
    case "Gap":
      return [`Note over ${all}: ⋮ ${texts.span(row.millis)}`]
    case "Dropped":
      return [`Note over ${all}: ⋮ ${texts.html.left(row.rows)}`]
    case "Fence":
      return []
  }
}

/** In Mermaid a semicolon ends a statement and a hash begins a comment; a line break would do both. */
const escaped = (text: string): string =>
  oneLine(text, charactersMax).replaceAll(/[#;]/g, (sign) => `#${sign.codePointAt(0)};`)

/** The longest caption. */
const charactersMax = 40
