import type { ClauseId } from "../language/Clauses.ts"
import { phrase, textTemplate } from "../language/Notation.ts"
import { didYouMean } from "../yaml/Mistake.ts"
import { colonlessVerb, isTooLong, nearestSentence, parseSentence, sentenceCharactersMax } from "./Grammar.ts"
import { duration, oneOrMore, type Shape, words } from "../yaml/Shape.ts"
import type { Entry, Node, Reader } from "../yaml/Source.ts"
import type { Step, Verb } from "../verbs/Step.ts"
import { listed } from "../Format.ts"
import type { Template } from "../language/Template.ts"
import { type Cast, looksLikeSubject, parseSubject, type Subject } from "../language/Subject.ts"

/** Options that every sentence takes. */
export const commonOptions = (clause: Shape<ClauseId>) => ({
  within: duration,
  because: words("a reason"),
  proves: oneOrMore(clause)
})

/** Reads steps with the cast they may speak of; each mistake costs its own step alone. */
export const readSteps =
  (cast: Cast, clause: Shape<ClauseId>) =>
  (items: ReadonlyArray<Node>, outside: Reader): ReadonlyArray<Step> => {
    const reader = outside.deeper()
    if (reader.depth > depthMax) reader.fail(items[0], `blocks can be nested at most ${depthMax} levels deep`)
    const { source } = reader
    if (!source.exhausted) source.take("steps", items.length, items[0])
    return items.flatMap((item) =>
      source.exhausted ? [] : (source.attempt(() => readStep(item, reader, cast, clause)) ?? [])
    )
  }

/** What the options are called elsewhere. */
const habits = { wait: "within", waits: "within", timeout: "within", sleep: "within", reason: "because" }

/** Each block of a loop multiplies what is read and checked. */
const depthMax = 8

const readStep = (node: Node, reader: Reader, cast: Cast, clause: Shape<ClauseId>): Step => {
  const { spent } = reader.source
  const { besides, sentence } = takeApart(node, reader, cast)
  const parsed = parseSentence(sentence.key) ?? unknownSentence(sentence, reader, cast)
  if (parsed.subject !== undefined && !looksLikeSubject(parsed.subject)) rejectColonless(sentence, reader)
  const { verb } = parsed
  const fields: Fields = { ...commonOptions(clause), ...verb.options }
  const given = readOptions(besides, fields, verb, reader)
  let value: unknown
  let name = parsed.name === undefined ? undefined : readName(parsed.name, sentence, reader)
  if (parsed.nameFollows)
    name = phrase.read(sentence.value ?? missingValue(sentence, "a name", reader), reader)
  else if (verb.value !== undefined)
    value = verb.value.read(sentence.value ?? missingValue(sentence, verb.value.what, reader, verb), reader)
  else if (sentence.value !== undefined) {
    if (!reader.isMap(sentence.value))
      return reader.fail(sentence.value, `"${sentence.key}" takes no value${optionsHint(verb)}`)
    const behind = reader.entries(sentence.value)
    const twice = behind.find(({ key }) => Object.hasOwn(given, key))
    if (twice !== undefined)
      return reader.fail(
        twice.keyNode,
        `duplicate option "${twice.key}": it also stands next to the sentence`
      )
    Object.assign(given, readOptions(behind, fields, verb, reader))
  }
  const missing = verb.required?.find((key) => !(key in given))
  if (missing !== undefined)
    return reader.fail(sentence.keyNode, `"${sentence.key}" needs ${missing}: ${fields[missing]!.what}`)
  const { because, proves, within, ...options } = given
  const offset = sentence.keyNode.range![0]
  const step: Step = {
    verb,
    sentence: reader.substitute(sentence.key),
    ...reader.source.position(offset),
    offset,
    subject: readSubject(parsed.subject, sentence, reader, cast),
    name,
    other: readSubject(parsed.other, sentence, reader, cast),
    room: parsed.room === undefined ? undefined : reader.substitute(parsed.room),
    value,
    options,
    withinMillis: within as number | undefined,
    because: because as string | undefined,
    proves: (proves as ReadonlyArray<ClauseId> | undefined) ?? []
  }
  const times = verb.times?.(step) ?? 1
  if (times > 1) reader.source.takeAgain(spent, times - 1, sentence.keyNode)
  const wrong = verb.problem?.(step)
  return wrong === undefined ? step : reader.fail(sentence.keyNode, `"${sentence.key}" ${wrong}`)
}

type Fields = { readonly [key: string]: Shape<unknown> }

/** The sentence of a step, and what stands beside it. */
const takeApart = (
  node: Node,
  reader: Reader,
  cast: Cast
): { readonly sentence: Entry; readonly besides: ReadonlyArray<Entry> } => {
  if (!reader.isMap(node)) {
    if (reader.isList(node)) return reader.fail(node, "a step is a sentence, not a list")
    const scalar = reader.scalar(node)
    if (scalar === null) return reader.fail(node, "this step is empty; write a sentence after the dash")
    const key = String(scalar)
    const [first = "", ...more] = reader.written(node).split("\n")
    if (more.length > 0)
      return reader.fail(
        node,
        `a sentence with options or steps must end with a colon: "${first.trimEnd()}:"`
      )
    if (parseSentence(key)?.name !== undefined) reader.rejectCut(node)
    return { sentence: { key, keyNode: node, value: undefined }, besides: [] }
  }
  const entries = reader.entries(node)
  const sentences = entries.filter(({ key }) => parseSentence(key) !== undefined)
  const [sentence, second] = sentences
  if (second !== undefined)
    return reader.fail(second.keyNode, "two sentences in one step; give each its own dash")
  if (sentence === undefined) {
    const first = entries.find(({ key }) => !["within", "because", "proves"].includes(key))
    if (first === undefined) return reader.fail(node, "this step has no sentence")
    if (entries.some(({ key }) => key === "type" || key === "status"))
      return reader.fail(
        node,
        "an object is no step; say who sends or receives it, such as: alice sends: { type: list }"
      )
    return unknownSentence(first, reader, cast)
  }
  return { sentence, besides: entries.filter((entry) => entry !== sentence) }
}

const readOptions = (entries: ReadonlyArray<Entry>, fields: Fields, verb: Verb, reader: Reader) =>
  Object.fromEntries(
    entries.map(({ key, keyNode, value }) => {
      const field = Object.hasOwn(fields, key) ? fields[key] : undefined
      if (field === undefined)
        return reader.fail(
          keyNode,
          `unknown option "${key}"${didYouMean(key, Object.keys(fields), habits) || optionsHint(verb)}`
        )
      if (value === undefined) return reader.fail(keyNode, `"${key}" needs a value: ${field.what}`)
      return [key, field.read(value, reader)]
    })
  )

const readSubject = (
  text: string | undefined,
  sentence: Entry,
  reader: Reader,
  cast: Cast
): Subject | undefined => {
  if (text === undefined) return undefined
  const subject = parseSubject(reader.substitute(text), cast)
  return "problem" in subject ? reader.fail(sentence.keyNode, subject.problem) : subject
}

const readName = (text: string, sentence: Entry, reader: Reader): Template => {
  if (text.trim() === "") return reader.fail(sentence.keyNode, "a name is missing after `as`")
  return textTemplate(sentence.keyNode, reader.substitute(text), reader)
}

const unknownSentence = (sentence: Entry, reader: Reader, cast: Cast): never => {
  const { key, keyNode } = sentence
  if (isTooLong(key))
    return reader.fail(keyNode, `a sentence can have at most ${sentenceCharactersMax} characters`)
  const nearest = nearestSentence(key, cast)
  const isAnyRoom = nearest !== undefined && parseSentence(nearest)?.room !== undefined
  if (nearest === undefined || isAnyRoom || key.startsWith(nearest)) rejectColonless(sentence, reader)
  if (/^(?:\S+ )?(?:wait|sleep|pause)s?\b/.test(key))
    return reader.fail(
      keyNode,
      `unknown sentence "${key}"; nobody waits for a time to pass: a sentence that expects something waits for it, at most for its "within"`
    )
  const [first = ""] = key.split(" ")
  const found = parseSubject(first, cast)
  const hint =
    nearest !== undefined ? `; did you mean "${nearest}"?` : "problem" in found ? ` (${found.problem})` : ""
  return reader.fail(keyNode, `unknown sentence "${key}"${hint}`)
}

/** Where a sentence that takes a value is followed by it without a colon, that is what is missing. */
const rejectColonless = ({ key, keyNode }: Entry, reader: Reader): void => {
  const verb = colonlessVerb(key)
  if (verb !== undefined)
    reader.fail(
      keyNode,
      `unknown sentence "${key}"; write a colon and a space before the value, such as: ${verb.example}`
    )
}

const missingValue = ({ key, keyNode }: Entry, what: string, reader: Reader, verb?: Verb): never =>
  reader.fail(
    keyNode,
    `"${key}" needs ${what} after a colon${verb === undefined ? "" : `, such as: ${verb.example}`}`
  )

const optionsHint = ({ options = {} }: Verb): string =>
  `; its options are ${listed([...Object.keys(options), "within", "because", "proves"])}`
