import { createHash } from "node:crypto"
import { rolldown } from "rolldown"

const file = "src/web/page.json"

/** The page as one file, and what it may do: nothing but run this script, look like this and talk to its own server. */
export const page = async (
  read: (name: string) => string
): Promise<{ readonly file: string; readonly content: string }> => {
  const bundle = await rolldown({ input: "page/main.ts", platform: "browser", treeshake: true })
  const { output } = await bundle.generate({ format: "esm", minify: true })
  await bundle.close()
  const script = output[0].code.trim()
  if (/<(?:\/script|!--)/i.test(script)) throw new Error("the script of the page would end early in HTML")
  const style = compact(read("page/page.css"))
  const html = compact(read("page/index.html"))
    .replace("<style></style>", () => `<style>${style}</style>`)
    .replace('<script type="module"></script>', () => `<script type="module">${script}</script>`)
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "img-src data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'"
  ].join("; ")
  return { file, content: `${JSON.stringify({ policy, html })}\n` }
}

/** Without the white space at the beginnings of lines. */
const compact = (text: string): string => text.replaceAll(/\s*\n\s*/g, "\n").trim()

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`
