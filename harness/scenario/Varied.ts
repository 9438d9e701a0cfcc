import { isDeepStrictEqual } from "node:util"
import { flatten } from "./Carriers.ts"
import { parseScenario } from "./ScenarioReader.ts"
import type { Scenario } from "./Scenario.ts"

/**
 * The same scenario with names and messages that no server can know by heart: they differ from seed to seed, and wherever
 * one stands in the file it is changed in the same way. Left as it is, and marked so, where offsets or bytes count on them.
 */
export const varied = (scenario: Scenario, seed: number): Scenario => {
  const parsed = countsBytes.test(scenario.text)
    ? undefined
    : parseScenario(scenario.file, variedText(scenario, mixtureOf(seed)))
  if (parsed === undefined || !("scenario" in parsed) || !isAlike(parsed.scenario, scenario))
    return { ...scenario, isNotVaried: true }
  const { story, title } = scenario
  return { ...parsed.scenario, title, story }
}

/** What tells of bytes by their number, place or code. */
const countsBytes = /\bhex:|\bsends part of\b|\bat: *\[/

const variedText = ({ cast, text }: Scenario, mixture: string): string => {
  const names = [...cast.keys()].join("|")
  return textsIn(text)
    .reduce((varied, said) => varied.replace(saidAt(literally(said)), `$1$3 ${mixture}$4`), text)
    .replace(new RegExp(`(?<![\\w-])(?=(?:${names})\\d*(?![\\w-]))`, "gi"), `${mixture}_`)
}

/** The messages that stand nowhere else than where they are said or received, in plain words. */
const textsIn = (text: string): ReadonlyArray<string> => {
  const said = [...text.matchAll(saidAt("\\w[\\w ,.?!']*?"))].map(([, , , words]) => words!)
  return [...new Set(said)].filter((words) => {
    const everywhere = text.match(new RegExp(`(?<!\\w)${literally(words)}(?!\\w)`, "g"))
    return everywhere?.length === text.match(saidAt(literally(words)))?.length
  })
}

/** A message where it is said or received: what stands before it, the message, and what stands after it. */
const saidAt = (pattern: string): RegExp =>
  new RegExp(`((?:says|content): ("?))(${pattern})(\\2(?: *[,}]| *$))`, "gm")

const literally = (words: string): string => words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")

/** Three characters that a name may begin with. */
const mixtureOf = (seed: number): string => {
  const digits = ((seed * 7_919 + 12_345) % 36 ** 2).toString(36).padStart(2, "0")
  return `x${digits}`
}

/** True if both take the same steps. */
const isAlike = (a: Scenario, b: Scenario): boolean => isDeepStrictEqual(sentencesOf(a), sentencesOf(b))

const sentencesOf = ({ after, before, steps }: Scenario) =>
  [before, steps, after].map((part) => flatten(part).map(({ step }) => step.verb.sentence))
