import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { data, html as markup, Markup } from "./Markup.ts"

/** One page that stands by itself: nothing is loaded, and nothing runs but this script. */
export const pageOf = (page: {
  readonly language: string
  readonly title: string
  /** The rules of this page, beside those of all pages. */
  readonly style: string
  readonly script: string
  /** What the script finds in the element `data`. */
  readonly data: unknown
  readonly body: Markup
}): string => {
  const style = asset("page.css", import.meta.url) + page.style
  const policy = `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(page.script)}; base-uri 'none'; form-action 'none'`
  // under another name than `html`, so that the formatter leaves it: the policy counts every blank
  return markup`<!doctype html>
<html lang="${page.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title}</title>
<style>${new Markup(style)}</style>
</head>
<body>
${page.body}
<script type="application/json" id="data">${data(page.data)}</script>
<script>${new Markup(page.script)}</script>
</body>
</html>
`.text
}

/** A file beside the module that asks for it. */
export const asset = (name: string, module: string): string => readFileSync(new URL(name, module), "utf8")

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`
