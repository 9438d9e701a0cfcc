import { type ClientUse, wordsOfTheSheet } from "../client/ClientUse.ts"
import { shellWord } from "../Format.ts"
import { oneOrMore, words } from "../yaml/Shape.ts"
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
const noWord = "none"

const word = words(`a word that is typed, or ${noWord}`)

/** The words of a client, as files describe them. */
export const clientWords = {
  login: oneOrMore(words("a line that is typed")),
  list: word,
  quit: word
} as const

/** The words of a client, as people write them: those of the lab sheet where they are silent. */
export const wordsFrom = ({
  list = wordsOfTheSheet.list,
  login,
  quit = wordsOfTheSheet.quit
}: {
  readonly login?: ReadonlyArray<string> | undefined
  readonly list?: string | undefined
  readonly quit?: string | undefined
}): Pick<ClientUse, "login" | "list" | "quit"> => ({
  login: login?.length === 0 ? undefined : login,
  list: list === noWord ? undefined : list,
  quit: quit === noWord ? undefined : quit
})

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
  [
    ...(use.login ?? []).map((line) => ["login", line] as const),
    ...(["list", "quit"] as const)
      .filter((word) => use[word] !== wordsOfTheSheet[word])
      .map((word) => [word, use[word] ?? noWord] as const)
  ]
    .map(([word, typed]) => ` --client-${word} ${shellWord(typed)}`)
    .join("")
