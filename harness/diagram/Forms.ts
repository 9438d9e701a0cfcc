import type { Exchange } from "../trace/Exchange.ts"
import { titleLine } from "./OneLine.ts"
import { mermaid } from "./Mermaid.ts"
import { escaped, svg } from "./Svg.ts"

/** An exchange and the scenario that it is of. */
interface Drawn {
  readonly title: string
  readonly exchange: Exchange
}

/** The forms that exchanges can be drawn in. */
export const forms = {
  svg: (drawn: ReadonlyArray<Drawn>) => drawn.map(({ exchange, title }) => svg(title, exchange)).join("\n"),
  mermaid: (drawn: ReadonlyArray<Drawn>) =>
    drawn.map(({ exchange, title }) => `%% ${titleLine(title)}\n${mermaid(exchange)}`).join("\n"),
  html: (drawn: ReadonlyArray<Drawn>) =>
    [
      '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
      `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
      '<meta name="viewport" content="width=device-width">\n<meta name="color-scheme" content="light dark">',
      `<title>${drawn.map(({ title }) => escaped(titleLine(title))).join(" · ")}</title>`,
      "<style>body{font-family:system-ui,sans-serif;margin:2rem}figure{margin:0 0 2rem;overflow-x:auto}</style>",
      "</head>\n<body>",
      ...drawn.map(
        ({ exchange, title }) =>
          `<figure><h1>${escaped(titleLine(title))}</h1>\n${svg(title, exchange)}</figure>`
      ),
      "</body>\n</html>\n"
    ].join("\n")
} as const
export type Form = keyof typeof forms
