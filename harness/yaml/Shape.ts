import { didYouMean } from "./Mistake.ts"
import type { Node, Reader } from "./Source.ts"
import { listed } from "../Format.ts"

/** The form of a value after a key or a sentence: its reader, and its JSON Schema for editors. */
export interface Shape<A> {
  /** With its article, for messages: "a duration such as 2s". */
  readonly what: string
  readonly schema: JsonSchema
  readonly read: (node: Node, reader: Reader) => A
}
export type JsonSchema = { readonly [keyword: string]: unknown }

/** The schema of a `<name>`, in whose place `for each` puts a value. */
export const loopVariable: JsonSchema = { type: "string", pattern: "^<[^<>]+>$" }

/** A text; anything that YAML takes for something else has to be quoted. */
export const text: Shape<string> = {
  what: "a string",
  schema: { type: "string" },
  read: (node, reader) => reader.text(node)
}

/** A text that is not empty. */
export const words = (what: string): Shape<string> => ({
  what,
  schema: { type: "string", minLength: 1 },
  read: (node, reader) => {
    const value = reader.text(node, what)
    return value.trim() === "" ? reader.fail(node, `expected ${what}, but it is empty`) : value
  }
})

/** A text on one line, as reports show it: no line breaks in it, no tabs, no control characters. */
export const oneLine = (what: string): Shape<string> => {
  const some = words(what)
  return {
    ...some,
    read: (node, reader) => {
      const value = some.read(node, reader).trimEnd()
      return /\p{Cc}/u.test(value)
        ? reader.fail(node, `expected ${what}, on one line and without control characters`)
        : value
    }
  }
}

/** A whole number between two bounds. */
export const integer = (min: number, max: number): Shape<number> => ({
  what: `a whole number from ${min} to ${max}`,
  schema: orValueOf({ type: "integer", minimum: min, maximum: max }),
  read: (node, reader) => {
    const value = reader.scalar(node)
    return typeof value === "number" && Number.isInteger(value) && value >= min && value <= max
      ? value
      : reader.fail(node, `expected a whole number from ${min} to ${max}, not ${reader.written(node)}`)
  }
})

/** A number that is not below 0. */
export const amount = (what: string): Shape<number> => ({
  what,
  schema: orValueOf({ type: "number", minimum: 0 }),
  read: (node, reader) => {
    const value = reader.scalar(node)
    return typeof value === "number" && value >= 0
      ? value
      : reader.fail(node, `expected ${what}, not ${reader.written(node)}`)
  }
})

/** `true` or `false`. */
export const flag: Shape<boolean> = {
  what: "true or false",
  schema: orValueOf({ type: "boolean" }),
  read: (node, reader) => {
    const value = reader.scalar(node)
    return typeof value === "boolean"
      ? value
      : reader.fail(node, `expected true or false, not ${reader.written(node)}`)
  }
}

/** One of a few words. */
export const choice = <const A extends string>(options: ReadonlyArray<A>): Shape<A> => ({
  what: listed(options, "or"),
  schema: orValueOf({ enum: options }),
  read: (node, reader) => {
    const value = reader.scalar(node)
    return (
      options.find((option) => option === value) ??
      reader.fail(
        node,
        `expected ${listed(options, "or")}, not ${reader.written(node)}${didYouMean(String(value), options)}`
      )
    )
  }
})

/** Time in milliseconds, written with its unit: `500ms`, `2s`, `1m`. */
export const duration: Shape<number> = measured("a duration such as 500ms, 2s or 1m", {
  ms: 1,
  s: 1_000,
  m: 60_000
})

/** Bytes a second, written with their unit: `64KiB/s`. */
export const bandwidth: Shape<number> = measured("a bandwidth such as 500B/s or 64KiB/s", {
  "B/s": 1,
  "KiB/s": 1_024,
  "MiB/s": 1_048_576
})

/** An amount of memory in bytes, written with its unit: `512MiB`. */
export const bytes: Shape<number> = measured("an amount of memory such as 512MiB or 1GiB", {
  KiB: 1_024,
  MiB: 1_048_576,
  GiB: 1_073_741_824
})

/** A list of at least one. */
export const list = <A>(item: Shape<A>): Shape<ReadonlyArray<A>> => ({
  what: `a list, each item ${item.what}`,
  schema: orValueOf({ type: "array", minItems: 1, items: item.schema }),
  read: (node, reader) => reader.someItems(node).map((one) => item.read(one, reader))
})

/** One, or a list of them, where one may be a text with commas in it. */
export const oneOrSome = <A>(item: Shape<A>): Shape<ReadonlyArray<A>> => ({
  ...oneOrMore(item),
  read: (node, reader) =>
    reader.isList(node)
      ? reader.someItems(node).map((one) => item.read(one, reader))
      : [item.read(node, reader)]
})

/** One, or a list of them. */
export const oneOrMore = <A>(item: Shape<A>): Shape<ReadonlyArray<A>> => ({
  what: `${item.what}, or a list of them`,
  schema: { anyOf: [item.schema, { type: "array", minItems: 1, items: item.schema }] },
  read: (node, reader) => {
    if (reader.isList(node)) return reader.someItems(node).map((one) => item.read(one, reader))
    const written = reader.written(node)
    if (/^[^"'{]*, /.test(written)) return reader.fail(node, `write several values as a list: [${written}]`)
    return [item.read(node, reader)]
  }
})

type Fields = { readonly [key: string]: Shape<unknown> }
export type Options<F extends Fields> = {
  readonly [K in keyof F]?: F[K] extends Shape<infer A> ? A : never
}

/** A map of named options, all optional but the ones required. */
export const options = <const F extends Fields, const R extends keyof F & string = never>(
  fields: F,
  required: ReadonlyArray<R> = []
): Shape<Options<F> & { readonly [K in R]-?: NonNullable<Options<F>[K]> }> => ({
  what: `a map of ${listed(Object.keys(fields))}`,
  schema: orValueOf({
    type: "object",
    properties: Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, field.schema])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false
  }),
  read: (node, reader) => {
    const values: Record<string, unknown> = {}
    for (const { key, keyNode, value } of reader.entries(node)) {
      const field = Object.hasOwn(fields, key) ? fields[key] : undefined
      if (field === undefined)
        return reader.fail(keyNode, `unknown option "${key}"${didYouMean(key, Object.keys(fields))}`)
      if (value === undefined) return reader.fail(keyNode, `"${key}" needs a value: ${field.what}`)
      values[key] = field.read(value, reader)
    }
    const missing = required.find((key) => !(key in values))
    if (missing !== undefined)
      return reader.fail(node, `"${missing}" is missing here: ${fields[missing]!.what}`)
    return values as never
  }
})

/** A positive number with its unit. */
function measured(what: string, units: { readonly [unit: string]: number }): Shape<number> {
  const form = new RegExp(`^(\\d+(?:\\.\\d+)?) ?(${Object.keys(units).join("|")})$`)
  return {
    what,
    schema: orValueOf({ type: "string", pattern: form.source }),
    read: (node, reader) => {
      const found = form.exec(String(reader.scalar(node)))
      if (found === null) return reader.fail(node, `expected ${what}, not ${reader.written(node)}`)
      const value = Number(found[1]) * units[found[2]!]!
      return value > 0
        ? value
        : reader.fail(node, `expected ${what}, more than 0, not ${reader.written(node)}`)
    }
  }
}

/** The schema of what inside `for each` may also be a `<name>`. */
export function orValueOf(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, loopVariable] }
}
