import { nearest } from "../../src/Nearest.ts"
import type { Verb } from "../verbs/Step.ts"
import { connecting } from "../verbs/Connecting.ts"
import { leaving } from "../verbs/Leaving.ts"
import { loggingIn } from "../verbs/LoggingIn.ts"
import { ordering } from "../verbs/Ordering.ts"
import { programs } from "../verbs/Programs.ts"
import { receiving } from "../verbs/Receiving.ts"
import { resuming } from "../verbs/Resuming.ts"
import { rooms } from "../verbs/Rooms.ts"
import { talking } from "../verbs/Talking.ts"
import { type Cast, looksLikeSubject, parseSubject } from "../language/Subject.ts"

/**
 * The verb table: every sentence of the language, once. The parser, the documentation, the JSON Schema, "did you mean"
 * and the completion of the REPL all come from it; a new sentence is one row here and one function to play it.
 */
export const verbs: ReadonlyArray<Verb> = [
  ...connecting,
  ...loggingIn,
  ...resuming,
  ...talking,
  ...rooms,
  ...receiving,
  ...leaving,
  ...programs,
  ...ordering
]

/** A sentence taken apart: its verb, and the texts in its slots. */
export interface Parsed {
  readonly verb: Verb
  readonly subject: string | undefined
  readonly name: string | undefined
  readonly other: string | undefined
  readonly room: string | undefined
  /** True if it ends before its `{name}`, which is to follow the colon. */
  readonly nameFollows: boolean
}

/** The longest sentence: what is longer belongs behind a colon. */
export const sentenceCharactersMax = 500

export const isTooLong = (sentence: string): boolean => sentence.length > sentenceCharactersMax

/** Finds the verb of a sentence: of several that fit, the one whose subject can be one, then the longest. */
export const parseSentence = (sentence: string): Parsed | undefined => {
  if (isTooLong(sentence)) return undefined
  let best: Parsed | undefined
  let bestScore = -1
  for (const form of forms) {
    const found = form.regexp.exec(sentence)
    if (found === null) continue
    const { name, other, room, subject } = found.groups ?? {}
    const score = (subject === undefined || looksLikeSubject(subject) ? 1_000 : 0) + form.phrase.length
    if (score <= bestScore) continue
    bestScore = score
    best = { verb: form.verb, subject, name, other, room, nameFollows: form.nameFollows }
  }
  return best
}

/** The sentence that was most likely meant, or `undefined` where none is near. */
export const nearestSentence = (sentence: string, cast: Cast): string | undefined => {
  const words = sentence.split(" ")
  const subjectWords = Math.max(
    1,
    ...words.map((_, n) => (isSubject(words.slice(0, n).join(" "), cast) ? n : 1))
  )
  const subject = words
    .slice(0, subjectWords)
    .join(" ")
    .replace(/['’]s$/, "")
  const isObject = /[{[]/.test(sentence)
  const possible = forms.filter(({ phrase }) => !isObject || !phrase.includes("{room}"))
  const guesses = possible.map(({ nameFollows, phrase, start, verb }) => {
    const rest = start === "" ? words : words.slice(subjectWords)
    const length = phrase.split(" ").length
    const named = verb.sentence.endsWith("{name}") && !nameFollows
    const slots = phrase.split(" ")
    const meant = phrase.replace(/\{(?:other|room)\}/, (slot) => rest[slots.indexOf(slot)] ?? slot)
    const tail = named ? ["", ...rest.slice(length)].join(" ") : ""
    const written = (named ? rest.slice(0, length) : rest).join(" ")
    return { candidate: `${start.replace("{subject}", subject)}${meant}${tail}`, written, meant }
  })
  return nearest(guesses)
}

/** The verb of the longest sentence that a text begins with, where what follows should stand behind a colon. */
export const colonlessVerb = (text: string): Verb | undefined => {
  const begun = forms.filter(({ begins, nameFollows, verb: { required, value } }) => {
    if (value === undefined && required === undefined && !nameFollows) return false
    const found = begins.exec(text)
    return found !== null && looksLikeSubject(found.groups?.["subject"] ?? "everyone")
  })
  return begun.toSorted((a, b) => b.phrase.length - a.phrase.length)[0]?.verb
}

/** The pattern of a sentence of this verb, for editors. */
export const sentencePattern = (verb: Verb): string => {
  const own = forms.filter((form) => form.verb === verb)
  return own.map(({ regexp }) => regexp.source.replaceAll(/\(\?<\w+>/g, "(?:")).join("|")
}

/** One way of saying a sentence, as a pattern for whole texts. */
interface Form {
  readonly verb: Verb
  readonly regexp: RegExp
  /** The same for texts that go on after the sentence. */
  readonly begins: RegExp
  /** The subject with what binds it to the rest: `{subject} `, `{subject}'s `, or nothing. */
  readonly start: string
  /** The words behind the subject, in the singular. */
  readonly phrase: string
  readonly nameFollows: boolean
}

const isSubject = (phrase: string, cast: Cast): boolean =>
  phrase !== "" && !("problem" in parseSubject(phrase, cast))

const forms: ReadonlyArray<Form> = verbs.flatMap((verb) => {
  const named = verb.sentence.endsWith(" {name}")
  const whole = formOf(verb, verb.sentence, false)
  return named ? [whole, formOf(verb, verb.sentence.slice(0, -" {name}".length), true)] : [whole]
})

function formOf(verb: Verb, sentence: string, nameFollows: boolean): Form {
  const regexp = sentence
    .replaceAll(
      /\{(subject|name|other|room)\}/g,
      (_, slot: string) => `(?<${slot}>${slot === "room" ? "[^\\s:]+" : slot === "name" ? ".+" : ".+?"})`
    )
    .replaceAll(/[\w-]+(?:\|[\w-]+)+/g, "(?:$&)")
  const start = /^\{subject\}(?:'s)? /.exec(sentence)?.[0] ?? ""
  const phrase = sentence
    .slice(start.length)
    .replace(/ \{name\}$/, "")
    .replaceAll(/([\w-]+)(?:\|[\w-]+)+/g, "$1")
  return {
    verb,
    regexp: new RegExp(`^${regexp}$`, "s"),
    begins: new RegExp(`^${regexp}[ :]`, "s"),
    start,
    phrase,
    nameFollows
  }
}
