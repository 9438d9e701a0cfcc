import { legible } from "../../Format.ts"

/** Text that is HTML already. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Part = Markup | string | number | undefined | ReadonlyArray<Part>

/** HTML in which everything that is put in is text, and harmless, unless it is HTML itself; its own indentation goes. */
export const html = (strings: TemplateStringsArray, ...parts: ReadonlyArray<Part>): Markup =>
  new Markup(
    unindented(strings)
      .map((string, index) => string + written(parts[index]))
      .join("")
  )

const unindented = (strings: TemplateStringsArray): ReadonlyArray<string> => {
  const known = templates.get(strings)
  if (known !== undefined) return known
  const bare = strings.map((string) => string.replaceAll(/\n\s+/g, "\n"))
  templates.set(strings, bare)
  return bare
}
const templates = new WeakMap<TemplateStringsArray, ReadonlyArray<string>>()

/** A term and what is said of it, unless that is nothing. */
export const term = (name: string, said: Markup | string | undefined): Markup | undefined =>
  said === undefined
    ? undefined
    : html`<dt>${name}</dt>
        <dd>${said}</dd>`

/** Data for a script of the page, as JSON that cannot end its element. */
export const data = (value: unknown): Markup =>
  new Markup(JSON.stringify(value).replaceAll(/[<>&\u2028\u2029]/g, (character) => escapedInJson(character)))

const written = (part: Part): string => {
  if (part === undefined) return ""
  if (part instanceof Markup) return part.text
  if (typeof part === "object") return part.map(written).join("")
  return legible(String(part)).replaceAll(/[&<>"']/g, (character) => entities[character]!)
}

const entities: { readonly [character: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;"
}

const escapedInJson = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
