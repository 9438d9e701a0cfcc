import type { Captures, Json, Scalar } from "./Json.ts"

/** A value to send, which may hold captures that are known only when it is sent. */
export type Template =
  | { readonly _tag: "Literal"; readonly value: Scalar }
  | { readonly _tag: "Capture"; readonly name: string }
  | { readonly _tag: "List"; readonly items: ReadonlyArray<Template> }
  | { readonly _tag: "Object"; readonly fields: ReadonlyArray<readonly [key: string, value: Template]> }

/** The value with its captures filled in; the loader has made sure that all of them are bound. */
export const fill = (template: Template, captures: Captures): Json => {
  switch (template._tag) {
    case "Literal":
      return template.value
    case "Capture":
      return captures.get(template.name) ?? null
    case "List":
      return template.items.map((item) => fill(item, captures))
    case "Object":
      return Object.fromEntries(template.fields.map(([key, value]) => [key, fill(value, captures)]))
  }
}

/** A literal object, for the requests that sentences stand for. */
export const literal = (fields: { readonly [key: string]: Scalar | Template }): Template => ({
  _tag: "Object",
  fields: Object.entries(fields).map(([key, value]) => [
    key,
    typeof value === "object" && value !== null ? value : { _tag: "Literal", value }
  ])
})

/** A list of texts, for the requests that sentences stand for. */
export const texts = (items: ReadonlyArray<string>): Template => ({
  _tag: "List",
  items: items.map((value) => ({ _tag: "Literal", value }))
})

/** The field of an object template, where it is a literal. */
export const field = (template: Template, key: string): Scalar | undefined => {
  if (template._tag !== "Object") return undefined
  const value = template.fields.find(([name]) => name === key)?.[1]
  return value?._tag === "Literal" ? value.value : undefined
}

/** Ways of writing the same object (FRAME-4); they combine, but for `bare` with `crlf`. */
export const styles = ["json", "bare", "escaped", "crlf", "pretty"] as const
export type Style = (typeof styles)[number]

/** The bytes of one object as a client in the lab would send them: spaces, raw UTF-8 and a newline, or as told. */
export const encode = (value: Json, as: ReadonlyArray<Style> = []): Buffer => {
  const text = as.includes("pretty") ? JSON.stringify(value, null, 2) : spaced(value)
  const end = as.includes("bare") ? "" : as.includes("crlf") ? "\r\n" : "\n"
  return Buffer.from((as.includes("escaped") ? escaped(text) : text) + end)
}

const escaped = (text: string): string =>
  text.replace(/[^\n\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)

const spaced = (value: Json): string => {
  if (Array.isArray(value)) return `[${value.map(spaced).join(", ")}]`
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${spaced(item)}`)
  return `{${fields.join(", ")}}`
}
