import { nearestOf } from "./Mistake.ts"
import type { Verb } from "./Step.ts"
import { connecting } from "./verbs/Connecting.ts"
import { leaving } from "./verbs/Leaving.ts"
import { loggingIn } from "./verbs/LoggingIn.ts"
import { ordering } from "./verbs/Ordering.ts"
import { receiving } from "./verbs/Receiving.ts"
import { talking } from "./verbs/Talking.ts"
import { type Cast, looksLikeWho, parseWho } from "./Who.ts"

/**
 * The verb table: every sentence of the language, once. The parser, the documentation, the JSON Schema, "did you mean"
 * and the completion of the REPL all come from it; a new sentence is one row here and one function to play it.
 */
export const verbs: ReadonlyArray<Verb> = [
  ...connecting,
  ...loggingIn,
  ...talking,
  ...receiving,
  ...leaving,
  ...ordering
]

/** A sentence taken apart: its verb, and the texts in its slots. */
export interface Parsed {
  readonly verb: Verb
  readonly who: string | undefined
  readonly name: string | undefined
  readonly other: string | undefined
  /** Whether it ends before its `{name}`, which is to follow the colon. */
  readonly nameFollows: boolean
}

/** Finds the verb of a sentence: of several that fit, the one whose subject can be one, then the longest. */
export const parseSentence = (sentence: string): Parsed | undefined => {
  let best: Parsed | undefined
  let bestScore = -1
  for (const form of forms) {
    const found = form.regexp.exec(sentence)
    if (found === null) continue
    const { name, other, who } = found.groups ?? {}
    const score = (who === undefined || looksLikeWho(who) ? 1_000 : 0) + form.phrase.length
    if (score <= bestScore) continue
    bestScore = score
    best = { verb: form.verb, who, name, other, nameFollows: form.nameFollows }
  }
  return best
}

/** The sentence that was most likely meant, or `undefined` where none is near. */
export const nearestSentence = (sentence: string, cast: Cast): string | undefined => {
  const words = sentence.split(" ")
  const subjectWords = Math.max(0, ...words.map((_, n) => (isWho(words.slice(0, n).join(" "), cast) ? n : 0)))
  const subject = words.slice(0, subjectWords || 1).join(" ")
  const candidates = forms.flatMap(({ phrase, verb }) => {
    const rest = words.slice(verb.sentence.startsWith("{who}") ? subjectWords || 1 : 0)
    const tail = rest.slice(phrase.split(" ").length).join(" ")
    const end = verb.sentence.endsWith("{name}") && tail !== "" ? ` ${tail}` : ""
    const start = verb.sentence.startsWith("{who}'s")
      ? `${subject}'s `
      : verb.sentence.startsWith("{who}")
        ? `${subject} `
        : ""
    return [`${start}${phrase}${end}`]
  })
  return nearestOf(sentence, candidates)
}

/** What a sentence of this verb looks like, for editors. */
export const sentencePattern = (verb: Verb): string => {
  const own = forms.filter((form) => form.verb === verb)
  return own.map(({ regexp }) => regexp.source.replaceAll(/\(\?<\w+>/g, "(?:")).join("|")
}

/** One way of saying a sentence, as a pattern for whole texts. */
interface Form {
  readonly verb: Verb
  readonly regexp: RegExp
  /** The words without the subject, in the singular. */
  readonly phrase: string
  readonly nameFollows: boolean
}

const isWho = (phrase: string, cast: Cast): boolean => phrase !== "" && !("problem" in parseWho(phrase, cast))

const forms: ReadonlyArray<Form> = verbs.flatMap((verb) => {
  const named = verb.sentence.endsWith(" {name}")
  const whole = formOf(verb, verb.sentence, false)
  return named ? [whole, formOf(verb, verb.sentence.slice(0, -" {name}".length), true)] : [whole]
})

function formOf(verb: Verb, sentence: string, nameFollows: boolean): Form {
  const regexp = sentence
    .replaceAll(/\{(who|name|other)\}/g, (_, slot: string) =>
      slot === "name" ? "(?<name>.+)" : `(?<${slot}>.+?)`
    )
    .replaceAll(/[\w-]+(?:\|[\w-]+)+/g, "(?:$&)")
  const phrase = sentence
    .replace(/^\{who\}(?:'s)? /, "")
    .replace(/ \{name\}$/, "")
    .replaceAll(/([\w-]+)(?:\|[\w-]+)+/g, "$1")
  return { verb, regexp: new RegExp(`^${regexp}$`, "s"), phrase, nameFollows }
}
