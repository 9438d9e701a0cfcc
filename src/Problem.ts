import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import { nearestOf } from "./Nearest.ts"

/** What is wrong with what a client sent, as far as its author can mend it. */
export type Problem =
  | {
      readonly kind: "not_json"
      /** What came before, and from where on it is no JSON; a few characters of each. */
      readonly before: string
      readonly from: string
      /** The request that was most likely meant, or the protocol that was spoken. */
      readonly meant: string | undefined
      /** Why the connection ends with it, if it does. */
      readonly ends: "no_lines" | "too_many" | undefined
    }
  | { readonly kind: "not_object" }
  | {
      readonly kind: "unknown_type"
      readonly type: string
      readonly meant: string | undefined
      /** All types that there are for this client. */
      readonly types: ReadonlyArray<string>
    }
  | { readonly kind: "missing"; readonly field: string; readonly unknown: ReadonlyArray<string> }
  | { readonly kind: "wrong"; readonly field: string; readonly isEmpty: boolean }
  /** Two fields of which only one may be there. */
  | { readonly kind: "exclusive"; readonly fields: readonly [string, string] }

/** The type of request that a word most likely meant. */
export const meantBy = (word: string, types: ReadonlyArray<string>): string | undefined => {
  const name = word.toLowerCase().replace(/^\//, "")
  if (Object.hasOwn(habits, name)) return habits[name]
  return name.length > wordMax ? undefined : nearestOf(name, types)
}

/** Words that other programs have for a request. */
const habits: Readonly<Record<string, string>> = {
  quit: "logout",
  exit: "logout",
  bye: "logout",
  disconnect: "logout",
  connect: "login",
  msg: "message",
  say: "message",
  send: "message",
  users: "list",
  who: "list"
}

/** Longer words are no typo of a type. */
const wordMax = 16

/** True of the first line of an HTTP request, as browsers and scanners send it. */
export const isHttp = (line: string): boolean =>
  /^(?:CONNECT|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PRI|PUT|TRACE) /.test(line)

/** The first field of an object that does not fit the fields of its type. */
export const problemOf = (
  object: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, Schema.Top>>
): Problem => {
  for (const [field, schema] of Object.entries(fields)) {
    if (Object.hasOwn(object, field)) {
      if (!Schema.is(schema as Schema.Schema<unknown>)(object[field]))
        return { kind: "wrong", field, isEmpty: object[field] === "" }
    } else if (!SchemaAST.isOptional(schema.ast))
      return { kind: "missing", field, unknown: unknownOf(object, fields) }
  }
  return { kind: "not_object" }
}

/** A few of the fields that nobody knows: most likely the one that is missing is among them, misspelled. */
const unknownOf = (object: object, fields: object): ReadonlyArray<string> => {
  const unknown: Array<string> = []
  for (const name in object) {
    if (unknown.length === unknownMax) break
    if (!Object.hasOwn(fields, name)) unknown.push(excerpt(name))
  }
  return unknown
}

const unknownMax = 3

/** A text of others that is to be shown: its first characters. */
export const excerpt = (text: string): string => {
  const characters = Array.from(text.slice(0, 2 * excerptMax))
  return characters.length > excerptMax ? `${characters.slice(0, excerptMax).join("")}…` : text
}

const excerptMax = 40
