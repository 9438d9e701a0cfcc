import type { Catalogue } from "../texts/Catalogue.ts"
import type { Exchange } from "../trace/Exchange.ts"
import { titleLine } from "./OneLine.ts"
import { mermaid } from "./Mermaid.ts"
import { escaped, svg } from "./Svg.ts"

/** An exchange and the scenario that it is of. */
interface Drawn {
  readonly title: string
  readonly exchange: Exchange
}

/** The forms that exchanges can be drawn in, with their words in one language. */
export const forms = {
  svg: (drawn: ReadonlyArray<Drawn>, texts: Catalogue) =>
    drawn.map(({ exchange, title }) => svg(title, exchange, texts)).join("\n"),
  mermaid: (drawn: ReadonlyArray<Drawn>, texts: Catalogue) =>
    drawn.map(({ exchange, title }) => `%% ${titleLine(title)}\n${mermaid(exchange, texts)}`).join("\n"),
  html: (drawn: ReadonlyArray<Drawn>, texts: Catalogue) =>
    [
      `<!doctype html>\n<html lang="${texts.language}">\n<head>\n<meta charset="utf-8">`,
      `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
      '<meta name="viewport" content="width=device-width">\n<meta name="color-scheme" content="light dark">',
      `<title>${drawn.map(({ title }) => escaped(titleLine(title))).join(" · ")}</title>`,
      "<style>body{font-family:system-ui,sans-serif;margin:2rem}figure{margin:0 0 2rem;overflow-x:auto}</style>",
      "</head>\n<body>",
      ...drawn.map(
        ({ exchange, title }) =>
          `<figure><h1>${escaped(titleLine(title))}</h1>\n${svg(title, exchange, texts)}</figure>`
      ),
      "</body>\n</html>\n"
    ].join("\n")
} as const
export type Form = keyof typeof forms
