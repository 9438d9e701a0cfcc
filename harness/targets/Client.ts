import { type ClientUse, wordsOfTheSheet } from "../client/ClientUse.ts"
import { shellWord } from "../Format.ts"
import type { Target } from "../stage/Target.ts"
import { self } from "./Self.ts"
import { argumentsOf, filesOf, valuesOf } from "./Spawn.ts"

/** A client to judge, as flags and files describe it. */
export interface ClientStart extends Omit<ClientUse, "variables"> {
  readonly command: string
  /** Its variables beyond those that any program gets, as `NAME` or `NAME=VALUE`. */
  readonly variables?: ReadonlyArray<string>
}

/** What stands for a word that a client does not have. */
export const noWord = "none"

/** A client of somebody else, which is judged at our own server. */
export const client = ({ variables = [], ...what }: ClientStart): Target => ({
  ...self({ ...what, variables: valuesOf(variables) }),
  name: what.command,
  arguments: `${argumentsOf("--client", { ...what, port: what.port, variables })}${wordsOf(what)}`,
  files: filesOf(what),
  parallel: what.port === undefined
})

/** The arguments that choose the words which are not those of the lab sheet. */
const wordsOf = (use: ClientUse): string =>
  (["list", "quit"] as const)
    .filter((word) => use[word] !== wordsOfTheSheet[word])
    .map((word) => ` --client-${word} ${shellWord(use[word] ?? noWord)}`)
    .join("")
