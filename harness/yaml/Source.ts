import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  Scalar,
  visit
} from "yaml"
import { Budget, type Resource, type Spent } from "./Budget.ts"
import { complaintOf } from "./YamlErrors.ts"
import { clip, firstUnseen } from "../Format.ts"
import { type Mistake, mistakesMax } from "./Mistake.ts"

export type { Node } from "yaml"

/** One entry of a map as it stands in the file. */
export interface Entry {
  readonly key: string
  readonly keyNode: Node
  /** Absent where nothing follows the colon. */
  readonly value: Node | undefined
}

/** Thrown by a reader at the first thing wrong in a node; `Source.attempt` turns it into a mistake with its place. */
class Wrong extends Error {
  readonly offset: number
  constructor(offset: number, message: string) {
    super(message)
    this.offset = offset
  }
}

/** Values that stand for `<name>` inside `for each`. */
export type Variables = ReadonlyMap<string, Node>

/** A YAML file with the positions of all it holds, and the mistakes found in it so far. */
export class Source {
  readonly file: string
  readonly text: string
  /** The first of its mistakes, in the order they were found. */
  readonly mistakes: Array<Mistake> = []
  readonly root: Node | undefined
  /** True once the file has asked for more than it may: nothing more of it is read. */
  exhausted = false
  private readonly lines = new LineCounter()
  private readonly meanings: ReadonlyMap<Alias, Node | undefined>
  private readonly budget = new Budget()
  /** Where the mistakes are that are only counted. */
  private readonly unlisted = new Set<number>()

  constructor(file: string, text: string) {
    this.file = file
    this.text = text
    const document = parseDocument(text, {
      lineCounter: this.lines,
      prettyErrors: false,
      merge: false,
      uniqueKeys: false // compares each key with each other; `Reader.entries` looks itself
    })
    const complaint = complaintOf(document, text)
    if (complaint !== undefined) {
      const [line] = text.slice(complaint.offset).split("\n", 1)
      const start = text.lastIndexOf("\n", complaint.offset - 1) + 1
      this.note(complaint.offset, complaint.message + this.unseenIn(start, complaint.offset + line!.length))
    }
    this.root = document.contents ?? undefined
    this.meanings = meaningsOf(document)
  }

  /** The number of places with mistakes that are not listed. */
  get mistakesMore(): number {
    return this.unlisted.size
  }

  position(offset: number): { readonly line: number; readonly column: number } {
    const { line, col } = this.lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }

  /** The end of a message that names an invisible character between two places, if there is one. */
  unseenIn(start: number, end: number): string {
    const unseen = firstUnseen(this.text.slice(start, end))
    if (unseen === undefined) return ""
    return `; there is ${unseen.name} at column ${this.position(start + unseen.at).column}`
  }

  /** Where a line starts. */
  offsetOf(line: number): number {
    return this.lines.lineStarts[line - 1] ?? 0
  }

  /** Remembers a mistake at this place, once: the steps of a loop are read and followed several times. */
  note(offset: number, whole: string): void {
    const { column, line } = this.position(offset)
    const message = clip(whole, messageCharactersMax)
    const known = this.mistakes.some(
      (mistake) => mistake.line === line && mistake.column === column && mistake.message === message
    )
    if (known) return
    if (this.mistakes.length < mistakesMax) this.mistakes.push({ file: this.file, line, column, message })
    else this.unlisted.add(offset)
  }

  /** Runs a reader; where it finds something wrong, that becomes a mistake and the answer is `undefined`. */
  attempt<A>(read: () => A): A | undefined {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof Wrong)) throw error
      this.note(error.offset, error.message)
      return undefined
    }
  }

  /** Takes so much of what the file may ask for; fails at the node where that is too much. */
  take(resource: Resource, amount: number, node: Node | undefined): void {
    this.stopAt(node, this.budget.take(resource, amount))
  }

  /** All that the file has asked for so far. */
  get spent(): Spent {
    return this.budget.soFar
  }

  /** Takes all that was asked for since then so many times more. */
  takeAgain(since: Spent, times: number, node: Node): void {
    if (!this.exhausted) this.stopAt(node, this.budget.takeAgain(since, times))
  }

  private stopAt(node: Node | undefined, problem: string | undefined): void {
    if (problem === undefined) return
    this.exhausted = true
    throw new Wrong(startOf(node), problem)
  }

  /** The node that an alias means; a bounded number of them, for an alias may hold others. */
  resolve(alias: Alias): Node | undefined {
    const meaning = this.meanings.get(alias)
    if (meaning !== undefined && holds(meaning, alias))
      throw new Wrong(startOf(alias), "this alias is a part of what it stands for")
    this.take("uses of aliases", 1, alias)
    return meaning
  }
}

const startOf = (node: Node | undefined): number => node?.range?.[0] ?? 0

const holds = (outer: Node, inner: Node): boolean =>
  startOf(outer) <= startOf(inner) && startOf(inner) < (outer.range?.[1] ?? 0)

/** What each alias of a document means: the node that had its name last. */
const meaningsOf = (document: Document): ReadonlyMap<Alias, Node | undefined> => {
  const meanings = new Map<Alias, Node | undefined>()
  const named = new Map<string, Node>()
  visit(document, {
    Alias: (_, alias) => void meanings.set(alias, named.get(alias.source)),
    Value: (_, node) => void (node.anchor !== undefined && named.set(node.anchor, node))
  })
  return meanings
}

/** Reads nodes of one source; inside `for each` with a value for each `<name>`. */
export class Reader {
  readonly source: Source
  /** Reads steps, for the sentences that hold some. */
  readonly readSteps: (items: ReadonlyArray<Node>, reader: Reader) => ReadonlyArray<unknown>
  readonly variables: Variables
  /** The number of blocks of steps around it. */
  readonly depth: number

  constructor(source: Source, readSteps: Reader["readSteps"], variables: Variables = new Map(), depth = 0) {
    this.source = source
    this.readSteps = readSteps
    this.variables = variables
    this.depth = depth
  }

  /** The same, with a value for a `<name>`. */
  with(name: string, value: Node): Reader {
    return new Reader(this.source, this.readSteps, new Map([...this.variables, [name, value]]), this.depth)
  }

  /** The same, inside one more block of steps. */
  deeper(): Reader {
    return new Reader(this.source, this.readSteps, this.variables, this.depth + 1)
  }

  /** Fails at a node; an invisible character in a word without quotes is most likely why. */
  fail(node: Node | undefined, message: string): never {
    const isPlain = isScalar(node) && node.type === "PLAIN"
    const [start, end] = isPlain ? (node.range ?? [0, 0]) : [0, 0]
    throw new Wrong(startOf(node), message + this.source.unseenIn(start, end))
  }

  /** The node, or what stands for it: what an alias means, the value of a `<name>`. Tags are mistakes. */
  resolve(given: Node): Node {
    const node = isAlias(given)
      ? (this.source.resolve(given) ?? this.fail(given, "unknown alias; if this is meant as text, quote it"))
      : given
    if (node.tag !== undefined && isTagged(node, this.source.text))
      this.fail(node, "YAML tags (!) are not supported in scenario files; remove this one")
    if (!isScalar(node) || typeof node.value !== "string" || this.variables.size === 0) return node
    const whole = /^<([^<>]+)>$/.exec(node.value)?.[1]
    const value = whole === undefined ? undefined : this.variables.get(whole)
    if (value !== undefined) return value
    const text = this.substitute(node.value)
    if (text === node.value) return node
    const filled = new Scalar(text)
    filled.range = node.range ?? null
    filled.type = node.type ?? "PLAIN"
    return filled
  }

  /** Puts the values of `for each` into a text. */
  substitute(text: string): string {
    if (this.variables.size === 0) return text
    return text.replace(/<([^<>]+)>/g, (whole, name: string) => {
      const value = this.variables.get(name)
      if (!isScalar(value)) return whole
      const written = String(value.value)
      this.source.take("bytes of text", written.length, value)
      return written
    })
  }

  /** A scalar's value; `.inf`, `.nan` and the like are no JSON. */
  scalar(node: Node): string | number | boolean | null {
    const resolved = this.resolve(node)
    const value: unknown = isScalar(resolved) ? resolved.value : undefined
    if (value === null || typeof value === "string" || typeof value === "boolean") return value
    if (typeof value === "number" && Number.isFinite(value)) return value
    return this.fail(node, `expected a plain value, not ${kindOf(resolved)}`)
  }

  /** The items of a list. */
  items(node: Node): ReadonlyArray<Node> {
    const resolved = this.resolve(node)
    if (!isSeq(resolved)) {
      const hint = isPlainText(resolved) ? `; write it in brackets: [${this.written(resolved)}]` : ""
      return this.fail(node, `expected a list, not ${kindOf(resolved)}${hint}`)
    }
    return resolved.items.map((item) => item as Node)
  }

  /** The items of a list that has some. */
  someItems(node: Node): ReadonlyArray<Node> {
    const items = this.items(node)
    return items.length > 0 ? items : this.fail(node, "this list is empty; it needs at least one item")
  }

  isMap(node: Node): boolean {
    return isMap(this.resolve(node))
  }

  isList(node: Node): boolean {
    return isSeq(this.resolve(node))
  }

  /** The entries of a map; in braces each of them needs a value. */
  entries(node: Node): ReadonlyArray<Entry> {
    const resolved = this.resolve(node)
    if (!isMap(resolved)) return this.fail(node, `expected a map, not ${kindOf(resolved)}`)
    const keys = new Set<string>()
    return resolved.items.map((pair) => {
      const keyNode = pair.key as Node
      if (!isScalar(keyNode)) return this.fail(keyNode, "a key must be a plain word or sentence")
      const key = String(keyNode.value)
      if (keys.has(key)) return this.fail(keyNode, `duplicate key "${key}"`)
      keys.add(key)
      if (key === "<<") return this.fail(keyNode, "merge keys (`<<`) are not supported; write the fields out")
      const value = (pair.value ?? undefined) as Node | undefined
      const empty = value === undefined || isEmpty(value)
      if (resolved.flow && empty && /^[^\s:]+:\S/.test(key))
        return this.fail(keyNode, `missing space after the colon: "${key.replace(":", ": ")}"`)
      if (resolved.flow && empty)
        return this.fail(
          keyNode,
          `"${key}" has no value; if it belongs to the text before it, quote that text: "…, ${key}"`
        )
      return { key, keyNode, value: empty ? undefined : value }
    })
  }

  /** A text: numbers, dates and `~` have to be quoted, and YAML must not have cut it at a `#`. */
  text(node: Node, what = "a string"): string {
    const resolved = this.resolve(node)
    if (!isScalar(resolved)) return this.fail(node, `expected ${what}, not ${kindOf(resolved)}`)
    if (typeof resolved.value !== "string") {
      const written = this.written(resolved)
      return this.fail(
        node,
        `YAML reads ${written} as ${kindOf(resolved)}, not ${what}; quote it: "${written}"`
      )
    }
    this.rejectCut(resolved)
    this.source.take("bytes of text", Buffer.byteLength(resolved.value), node)
    return resolved.value
  }

  /** The characters of a scalar as they stand in the file. */
  written(node: Node): string {
    const [start, end] = node.range ?? [0, 0]
    return this.source.text.slice(start, end)
  }

  /** A plain text with a comment behind it was probably meant to hold the `#`. */
  rejectCut(node: Node): void {
    if (!isScalar(node) || node.type !== "PLAIN" || node.range == null) return
    const cut = /^[ \t]+#[^\n]*/.exec(this.source.text.slice(node.range[1]))
    if (cut !== null)
      this.fail(
        node,
        `YAML reads "#" as the start of a comment; quote the text: "${this.written(node)}${cut[0].trimEnd()}"`
      )
  }
}

/** A message may quote a part of the file. */
const messageCharactersMax = 500

const kindOf = (node: Node): string => {
  if (isMap(node)) return "a map"
  if (isSeq(node)) return "a list"
  const value: unknown = isScalar(node) ? node.value : undefined
  if (value === null) return "null"
  return (
    { number: "a number", boolean: "a boolean", string: "a string" }[typeof value as string] ??
    "an unsupported value"
  )
}

/** A text on one line, without quotes. */
const isPlainText = (node: Node): boolean =>
  isScalar(node) && typeof node.value === "string" && node.type === "PLAIN" && !node.value.includes("\n")

const isEmpty = (node: Node): boolean =>
  isScalar(node) && node.value === null && node.range != null && node.range[0] === node.range[1]

const isTagged = (node: Node, text: string): boolean => {
  const start = node.range?.[0] ?? 0
  return /![^\s]*[ \t]*(?:\n[ \t]*)?$/.test(text.slice(Math.max(0, start - 80), start)) || text[start] === "!"
}
