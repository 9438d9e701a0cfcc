import { isDeepStrictEqual } from "node:util"
import { flatten } from "./Carriers.ts"
import { parseScenario } from "./ScenarioReader.ts"
import type { Scenario } from "./Scenario.ts"

/**
 * The same scenario with names and messages that no server can know by heart: they differ from seed to seed, and wherever
 * one stands in the file it is changed in the same way. Left as it is, and marked so, where offsets or bytes count on them.
 */
export const varied = (scenario: Scenario, seed: number): Scenario => {
  const mixture = mixtureOf(seed)
  const names = [...scenario.cast.keys()].join("|")
  const named = new RegExp(`(?<![\\w-])(?=(?:${names})\\d*(?![\\w-]))`, "gi")
  const text = saying(scenario.text, (said) => `${said} ${mixture}`)
  return rewritten(scenario, text.replace(named, `${mixture}_`)) ?? { ...scenario, isNotVaried: true }
}

/** The same scenario with something behind each of its messages; `undefined` where it has none that can be changed. */
export const withMoreSaid = (scenario: Scenario, more: string): Scenario | undefined => {
  const text = saying(scenario.text, (said) => `${said} ${more}`)
  return text === scenario.text ? undefined : rewritten(scenario, text)
}

/** A scenario with another text that takes the same steps; `undefined` where it cannot have that. */
export const rewritten = (scenario: Scenario, text: string): Scenario | undefined => {
  if (countsBytes.test(scenario.text)) return undefined
  const parsed = parseScenario(scenario.file, text)
  if (!("scenario" in parsed) || !isAlike(parsed.scenario, scenario)) return undefined
  const { story, title } = scenario
  return { ...parsed.scenario, title, story }
}

/** What tells of bytes by their number, place or code. */
const countsBytes = /\bhex:|\bsends part of\b|\bat: *\[/

/** A text with other messages, wherever they are said and received; plain words stay without quotes. */
const saying = (text: string, instead: (said: string) => string): string =>
  textsIn(text).reduce((changed, said) => {
    const words = instead(said)
    return changed.replace(saidAt(literally(said)), (_, key: string, quote: string, _said, end: string) =>
      quote === "" && plainWords.test(words) ? `${key}${words}${end}` : `${key}${JSON.stringify(words)}${end}`
    )
  }, text)

const plainWords = /^[\w ]+$/

/** The messages that stand nowhere else than where they are said or received, in plain words. */
const textsIn = (text: string): ReadonlyArray<string> => {
  const said = [...text.matchAll(saidAt("\\w[\\w ,.?!']*?"))].map(([, , , words]) => words!)
  return [...new Set(said)].filter((words) => {
    const everywhere = text.match(new RegExp(`(?<!\\w)${literally(words)}(?!\\w)`, "g"))
    return everywhere?.length === text.match(saidAt(literally(words)))?.length
  })
}

/** A message where it is said or received: what stands before it, its quote if it has one, the message, and what follows. */
const saidAt = (pattern: string): RegExp =>
  new RegExp(`((?:${sayings}|content): )("?)(${pattern})\\2((?: *[,}]| *$))`, "gm")

const sayings = "says(?: (?:in|to) \\S+)?|receives (?:in \\S+|from \\S+ privately)"

/** A pattern that matches just this text. */
export const literally = (words: string): string => words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")

/** Three characters that a name may begin with. */
const mixtureOf = (seed: number): string => {
  const digits = ((seed * 7_919 + 12_345) % 36 ** 2).toString(36).padStart(2, "0")
  return `x${digits}`
}

/** True if both take the same steps. */
const isAlike = (a: Scenario, b: Scenario): boolean => isDeepStrictEqual(sentencesOf(a), sentencesOf(b))

const sentencesOf = ({ after, before, steps }: Scenario) =>
  [before, steps, after].map((part) => flatten(part).map(({ step }) => step.verb.sentence))
