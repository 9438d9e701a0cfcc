import { resolve } from "node:path"
import type { BoundedRegExp } from "../language/BoundedRegExp.ts"
import type { Level } from "../language/Clauses.ts"
import type { Scenario } from "./Scenario.ts"

/** Which of the scenarios are to be played. */
export interface Selection {
  /** Matched against title and file. */
  readonly grep: BoundedRegExp | undefined
  /** Any of these tags. */
  readonly tags: ReadonlyArray<string>
  /** Any of these clauses. */
  readonly proves: ReadonlyArray<string>
  /** Any of these levels; all of them where none is named. */
  readonly levels: ReadonlyArray<Level>
  /** Only these files, as whole paths. */
  readonly files: ReadonlySet<string> | undefined
  readonly shard: Shard | undefined
}

/** The `index`-th of `count` parts, from 1. */
export interface Shard {
  readonly index: number
  readonly count: number
}

/** The scenarios that are selected, in their order; a shard takes every `count`-th of what the rest selects. */
export const select = (scenarios: ReadonlyArray<Scenario>, selection: Selection): ReadonlyArray<Scenario> => {
  const { files, grep, levels, proves, shard, tags } = selection
  return scenarios
    .filter(({ file, title }) => grep === undefined || grep.matches(title) || grep.matches(file))
    .filter((scenario) => tags.length === 0 || scenario.tags.some((tag) => tags.includes(tag)))
    .filter((scenario) => proves.length === 0 || scenario.proves.some((clause) => proves.includes(clause)))
    .filter(({ level }) => levels.length === 0 || levels.includes(level))
    .filter(({ file }) => files === undefined || files.has(resolve(file)))
    .filter((_, index) => shard === undefined || index % shard.count === shard.index - 1)
}

/** Reads `1/4`. */
export const parseShard = (text: string): Shard | undefined => {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text) ?? []
  const shard = { index: Number(index), count: Number(count) }
  return shard.index >= 1 && shard.index <= shard.count ? shard : undefined
}
