import { nearestOf } from "../../src/Nearest.ts"
import type { ObjectPattern, Pattern } from "./Pattern.ts"
import type { Scalar } from "./Json.ts"
import { integer, type JsonSchema, orValueOf, type Shape } from "../yaml/Shape.ts"
import type { Entry, Node, Reader } from "../yaml/Source.ts"
import type { Template } from "./Template.ts"
import { WholeText } from "./BoundedRegExp.ts"

/** The longest that a text can be said to be. */
const lengthMax = 64 * 1024 * 1024

/** A whole request to send. */
export const request: Shape<Template> = {
  what: "a JSON object",
  schema: orValueOf({ type: "object" }),
  read: (node, reader) =>
    reader.isMap(node)
      ? readTemplate(node, reader)
      : reader.fail(node, 'expected a JSON object such as { type: list }; for anything else: "X sends bytes"')
}

/** A text to send: a string, `{ text, times }` or a capture. */
export const phrase: Shape<Template> = {
  what: "a string",
  schema: { anyOf: [{ type: "string" }, repeatedSchema()] },
  read: (node, reader) => {
    if (reader.isMap(node)) {
      const repeated = readRepeated(node, reader)
      if (repeated !== undefined) return { _tag: "Literal", value: repeated }
    }
    return textTemplate(node, reader.text(node), reader)
  }
}

/** A pattern for an incoming object; it names `status` (a reply) or `type` (an event). */
export const messagePattern: Shape<ObjectPattern> = {
  what: "a JSON object to match",
  schema: orValueOf({ type: "object" }),
  read: (node, reader) => {
    const pattern = readPattern(node, reader)
    if (pattern._tag !== "Object")
      return reader.fail(node, "expected a JSON object to match, such as { status: success }")
    if (!pattern.fields.some(([key]) => key === "status" || key === "type"))
      return reader.fail(
        node,
        "this pattern has neither `status` (a reply) nor `type` (an event), so it is unclear what it should match"
      )
    return pattern
  }
}

/** A pattern for something that was said: its content, or the fields that are to match. */
export const saidPattern: Shape<ObjectPattern> = {
  what: "what was said: its content, or an object to match",
  schema: { anyOf: [{ type: "string" }, { type: "object" }] },
  read: (node, reader) => {
    const pattern = readPattern(node, reader)
    if (pattern._tag === "Object") return pattern
    if (["Literal", "Capture", "Anything", "Matches", "Contains", "Length"].includes(pattern._tag))
      return { _tag: "Object", fields: [["content", pattern]], exactly: false }
    return reader.fail(node, "expected what was said: its content, or an object to match")
  }
}

/** Raw bytes: a text as UTF-8, `{ hex }`, `{ text, times }`, or a list of these. */
export const byteString: Shape<Buffer> = {
  what: "bytes",
  schema: {
    anyOf: [{ type: "string" }, { type: "object" }, { type: "array" }]
  },
  read: (node, reader) => {
    const bytes = readBytes(node, reader)
    return bytes.length === 0 ? reader.fail(node, "expected at least one byte") : bytes
  }
}

/** Names that mean something else than the field of an object. */
const operators = [
  "matches",
  "contains",
  "one of",
  "not",
  "length",
  "in any order",
  "includes",
  "absent",
  "exactly",
  "text"
] as const

const readTemplate = (node: Node, reader: Reader): Template => {
  if (reader.isMap(node)) {
    const repeated = readRepeated(node, reader)
    if (repeated !== undefined) return { _tag: "Literal", value: repeated }
    return {
      _tag: "Object",
      fields: reader.entries(node).map(({ key, keyNode, value }) => {
        if (value === undefined)
          return reader.fail(keyNode, `"${key}" has no value; for JSON's null write null`)
        return [key, readTemplate(value, reader)]
      })
    }
  }
  if (reader.isList(node))
    return { _tag: "List", items: reader.items(node).map((item) => readTemplate(item, reader)) }
  const scalar = jsonScalar(node, reader)
  return typeof scalar === "string" ? textTemplate(node, scalar, reader) : { _tag: "Literal", value: scalar }
}

/** A text to send: `$name` is what was captured, `$$` stands for `$`. */
export const textTemplate = (node: Node, text: string, reader: Reader): Template => {
  if (text === "$_")
    return reader.fail(node, "`$_` matches anything, so it cannot be sent; to send it literally, write `$$_`")
  return literalOrCapture(node, text, reader)
}

/** A pattern, from the notation of HARNESS.md. */
export const readPattern = (node: Node, reader: Reader, top = true): Pattern => {
  if (reader.isList(node))
    return { _tag: "List", items: reader.items(node).map((item) => readPattern(item, reader, false)) }
  if (!reader.isMap(node)) {
    const scalar = jsonScalar(node, reader)
    if (typeof scalar !== "string") return { _tag: "Literal", value: scalar }
    return scalar === "$_" ? { _tag: "Anything" } : literalOrCapture(node, scalar, reader)
  }
  return readOperator(node, reader, top) ?? readObject(node, reader, false)
}

const readObject = (node: Node, reader: Reader, exactly: boolean): ObjectPattern => ({
  _tag: "Object",
  exactly,
  fields: reader.entries(node).map(({ key, keyNode, value }) => {
    if (value === undefined) return reader.fail(keyNode, `"${key}" has no value; for JSON's null write null`)
    return [key, readPattern(value, reader, false)] as const
  })
})

/** A map of one known word is an operator; inside `exactly` every map is an object. */
const readOperator = (node: Node, reader: Reader, top: boolean): Pattern | undefined => {
  const repeated = readRepeated(node, reader)
  if (repeated !== undefined) return { _tag: "Literal", value: repeated }
  const entries = reader.entries(node)
  const [first] = entries
  if (first === undefined) return undefined
  if (entries.length > 1) return rejectSeveral(node, entries, reader)
  const { key, keyNode, value } = first
  const known = operators.find((operator) => operator === key)
  if (known === undefined) {
    const meant = top ? undefined : nearestOf(key, operators)
    if (meant !== undefined) return reader.fail(keyNode, `unknown pattern "${key}"; did you mean "${meant}"?`)
    return undefined
  }
  if (value === undefined) return reader.fail(keyNode, `"${key}" needs a value`)
  const patterns = () => reader.items(value).map((item) => readPattern(item, reader, false))
  switch (known) {
    case "exactly":
      return readObject(value, reader, true)
    case "matches":
      return readRegexp(value, reader)
    case "contains":
      return { _tag: "Contains", text: unescaped(reader.text(value)) }
    case "one of":
      return {
        _tag: "OneOf",
        patterns: reader.someItems(value).map((item) => readPattern(item, reader, false))
      }
    case "not":
      return { _tag: "Not", pattern: readPattern(value, reader, false) }
    case "length":
      return { _tag: "Length", length: integer(0, lengthMax).read(value, reader) }
    case "in any order":
      return { _tag: "InAnyOrder", patterns: patterns() }
    case "includes":
      return { _tag: "Includes", patterns: patterns() }
    case "absent":
      return reader.scalar(value) === true
        ? { _tag: "Absent" }
        : reader.fail(value, "`absent` can only be true: { absent: true }")
    case "text":
      return undefined
  }
}

/** A map of nothing but operators was hardly meant as an object. */
const rejectSeveral = (node: Node, entries: ReadonlyArray<Entry>, reader: Reader): undefined => {
  const names: ReadonlyArray<string> = operators
  if (entries.some(({ key }) => key === "text" || !names.includes(key))) return undefined
  return reader.fail(node, "a map can hold only one pattern; if these are fields, write { exactly: { … } }")
}

const readRegexp = (node: Node, reader: Reader): Pattern => {
  const source = reader.text(node, "a regular expression")
  try {
    return { _tag: "Matches", text: new WholeText(source) }
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*\/su?: /, "") : String(error)
    return reader.fail(node, `invalid regular expression: ${reason}`)
  }
}

/** `{ text: é, times: 4096 }`: the text that many times. */
const readRepeated = (node: Node, reader: Reader): string | undefined => {
  const entries = reader.entries(node)
  const text = entries.find(({ key }) => key === "text")
  const times = entries.find(({ key }) => key === "times")
  if (entries.length !== 2 || text?.value === undefined || times?.value === undefined) return undefined
  const piece = reader.text(text.value)
  const n = integer(0, lengthMax).read(times.value, reader)
  reader.source.take("bytes of text", (Buffer.byteLength(JSON.stringify(piece)) - 2) * n, node)
  return piece.repeat(n)
}

const readBytes = (node: Node, reader: Reader): Buffer => {
  if (reader.isList(node)) return Buffer.concat(reader.items(node).map((item) => readBytes(item, reader)))
  if (reader.isMap(node)) {
    const repeated = readRepeated(node, reader)
    const entries = reader.entries(node)
    if (repeated !== undefined) {
      rejectHighEscapes(entries.find(({ key }) => key === "text")!.value!, reader)
      return Buffer.from(repeated)
    }
    const [hex, ...rest] = entries
    if (hex?.key === "hex" && hex.value !== undefined && rest.length === 0) return readHex(hex.value, reader)
    return reader.fail(node, 'expected a string, { hex: "00ff" } or { text: a, times: 70000 }')
  }
  const text = reader.text(node, "bytes")
  rejectHighEscapes(node, reader)
  return Buffer.from(text)
}

const rejectHighEscapes = (node: Node, reader: Reader): void => {
  const written = reader.written(reader.resolve(node))
  const escapes = written.startsWith('"') ? written.matchAll(/\\(?:x(..)|.)/gs) : []
  for (const [, hex] of escapes)
    if (hex !== undefined && Number.parseInt(hex, 16) > 0x7f)
      reader.fail(
        node,
        "\\x80 to \\xff are characters here and become two bytes each; use { hex: … } for bytes"
      )
}

const readHex = (node: Node, reader: Reader): Buffer => {
  const digits = reader.text(node, "hex").replaceAll(/\s/g, "")
  return /^(?:[0-9a-fA-F]{2})*$/.test(digits)
    ? Buffer.from(digits, "hex")
    : reader.fail(node, 'expected pairs of hexadecimal digits, such as "00ff"')
}

/** A scalar of a message; what YAML reads otherwise than JSON would (007, 1e3, ~) has to be quoted or written plainly. */
const jsonScalar = (node: Node, reader: Reader): Scalar => {
  const scalar = reader.scalar(node)
  if (typeof scalar === "string") return reader.text(node)
  const resolved = reader.resolve(node)
  const written = reader.written(resolved)
  if (written !== JSON.stringify(scalar))
    return reader.fail(
      node,
      `YAML reads ${written} as ${scalar === null ? "null" : `the ${typeof scalar} ${scalar}`}; write ${scalar}, or quote it: "${written}"`
    )
  return scalar
}

/** `$name` is a capture, `$$name` the text `$name`; what looks like a capture and is none was hardly meant as a text. */
const literalOrCapture = (
  node: Node,
  text: string,
  reader: Reader
):
  | { readonly _tag: "Literal"; readonly value: string }
  | { readonly _tag: "Capture"; readonly name: string } => {
  const name = /^\$([\w-]+)$/.exec(text)?.[1]
  if (name === undefined) return { _tag: "Literal", value: unescaped(text) }
  if (/^[A-Za-z]\w*$/.test(name)) return { _tag: "Capture", name }
  return reader.fail(
    node,
    `"${text}" is not a valid capture: use a letter, then letters, digits and _; for the literal text write "$${text}"`
  )
}

const unescaped = (text: string): string => (text.startsWith("$$") ? text.slice(1) : text)

function repeatedSchema(): JsonSchema {
  return {
    type: "object",
    properties: { text: { type: "string" }, times: { type: "integer" } },
    required: ["text", "times"],
    additionalProperties: false
  }
}
