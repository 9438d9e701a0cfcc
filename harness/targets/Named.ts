import { knowsPort } from "../client/ClientUse.ts"
import * as Effect from "effect/Effect"
import { readText } from "../scenario/Files.ts"
import { messagePattern } from "../language/Notation.ts"
import { didYouMean, FileInvalid } from "../yaml/Mistake.ts"
import { choice, duration, flag, integer, list, options, type Shape, words } from "../yaml/Shape.ts"
import { type Node, Reader, Source } from "../yaml/Source.ts"
import { features } from "../language/Features.ts"
import { nameOf } from "../scenario/Name.ts"
import type { Target } from "../stage/Target.ts"
import type { Catalogue } from "../texts/Catalogue.ts"
import { client, clientWords, wordsFrom } from "./Client.ts"
import { spawn } from "./Spawn.ts"
import { trustOf } from "./Trust.ts"

/** The file that describes targets by name. */
export const targetsFile = "targets.yaml"

/** Scenarios by their short names, each with the reason why it fails there. */
const reasons: Shape<ReadonlyMap<string, { readonly reason: string; readonly at: Node }>> = {
  what: "a map from scenario names to reasons",
  schema: { type: "object", additionalProperties: { type: "string" } },
  read: (node, reader) =>
    new Map(
      reader.entries(node).map(({ key, keyNode, value }) => [
        nameOf(key),
        {
          reason:
            value === undefined
              ? reader.fail(keyNode, "this needs a reason")
              : reader.text(value, "a reason"),
          at: keyNode
        }
      ])
    )
}

/** The ways in which every program is started. */
const program = {
  start: words("a command"),
  port: integer(1, 65_535),
  cwd: words("a folder"),
  env: list(words("a variable: NAME, or NAME=VALUE"))
} as const

/** A client: how it is started, and the words that people type into it. */
const clientEntry = options({ ...program, ...clientWords }, ["start"])

/** One entry of `targets.yaml`. */
const entry = options({
  ...program,
  client: clientEntry,
  tls: flag,
  ca: words("the file of a certificate"),
  claims: list(choice(features)),
  settle: duration,
  ignoring: list(messagePattern),
  "known failures": reasons
})

/** The places to look in: the file, and the scenarios that may be known to fail. */
export interface Places {
  readonly file: string
  readonly scenarios: ReadonlyArray<string>
}

/** Reads one entry of `targets.yaml`. */
export const readTarget = Effect.fnUntraced(function* (
  name: string,
  timeScale: number,
  texts: Catalogue,
  { file, scenarios }: Places
): Effect.fn.Return<Target, FileInvalid> {
  const found = yield* readText(file)
  if ("problem" in found)
    return yield* new FileInvalid({ mistakes: [{ file, line: 1, column: 1, message: found.problem }] })
  const source = new Source(file, found.text)
  const read = source.attempt(() => readEntry(source, name, scenarios))
  if (read === undefined || source.mistakes.length > 0)
    return yield* new FileInvalid({ mistakes: source.mistakes })
  const { ca, claims = [], cwd, env = [], ignoring = [], settle, tls = false, ...rest } = read.entry
  const trust = yield* Effect.mapError(
    trustOf(tls, ca),
    ({ problem }) =>
      new FileInvalid({
        mistakes: [{ file, ...read.at, message: problem }]
      })
  )
  const { client: judged, port, start: command } = rest
  const plain =
    judged === undefined
      ? spawn({ command: command!, port, cwd, variables: env, timeScale, texts, trust })
      : client({
          command: judged.start,
          port: judged.port,
          cwd: judged.cwd,
          variables: judged.env ?? [],
          ...wordsFrom(judged)
        })
  return {
    ...plain,
    name,
    arguments: `--target ${name}`,
    claims: new Set([...plain.claims, ...claims]),
    ignoring,
    settleMillis: settle ?? plain.settleMillis,
    knownFailures: new Map(
      [...(rest["known failures"] ?? [])].map(([scenario, { reason }]) => [scenario, reason])
    )
  }
})

/** The entry of that name, checked. */
const readEntry = (source: Source, name: string, scenarios: ReadonlyArray<string>) => {
  const reader = new Reader(source, () => [])
  const entries = source.root === undefined ? [] : reader.entries(source.root)
  const found = entries.find(({ key }) => key === name)
  const names = entries.map(({ key }) => key)
  if (found?.value === undefined)
    return reader.fail(source.root, `there is no target "${name}" here${didYouMean(name, names)}`)
  const read = entry.read(found.value, reader)
  for (const [scenario, { at }] of read["known failures"] ?? new Map())
    if (!scenarios.includes(scenario))
      return reader.fail(at, `there is no scenario "${scenario}"${didYouMean(scenario, scenarios)}`)
  if ((read.start === undefined) === (read.client === undefined))
    return reader.fail(found.value, "a target needs either `start` (a server) or `client`")
  const { port, start: command } = read.client ?? read
  if (!knowsPort({ command, port, login: read.client?.login }))
    return reader.fail(
      found.value,
      "`start` has no {port}; where the port is compiled in, name it with `port`"
    )
  return { entry: read, at: source.position(found.keyNode.range![0]) }
}
