import { globSync, statSync } from "node:fs"
import { basename, dirname, relative, resolve } from "node:path"
import * as Effect from "effect/Effect"
import { type ClauseId, clauses } from "../language/Clauses.ts"
import { readText, suite } from "../scenario/Files.ts"
import { clause } from "../scenario/ScenarioReader.ts"
import { didYouMean, FileInvalid } from "../yaml/Mistake.ts"
import {
  amount,
  bytes,
  duration,
  flag,
  integer,
  type JsonSchema,
  list,
  oneOrMore,
  options,
  type Shape,
  words
} from "../yaml/Shape.ts"
import { knowsPort } from "../client/ClientUse.ts"
import { clientWords } from "../targets/Client.ts"
import { type Node, Reader, Source } from "../yaml/Source.ts"
import type { Score } from "./Grade.ts"
import { isLanguage, type Language, languages } from "./Languages.ts"

/** How a submission becomes a server, or a client, or both. */
export interface Program {
  readonly build?: Build | undefined
  /** A command for the shell, with `{port}` for the port unless that is compiled in; none where there is no server. */
  readonly start?: string | undefined
  readonly port?: number | undefined
  readonly client?: Client | undefined
  /** Its variables beyond those that any program gets, as `NAME=VALUE`, or `NAME` for the teacher's own. */
  readonly env?: ReadonlyArray<string> | undefined
}

/** How a client is started, and its words. */
interface Client {
  /** A command for the shell; without `{name}` in it, the name is typed. */
  readonly start: string
  readonly port?: number | undefined
  readonly login?: ReadonlyArray<string> | undefined
  readonly list?: string | undefined
  readonly quit?: string | undefined
}

interface Build {
  /** A command for the shell. */
  readonly run: string
  readonly withinMillis: number
  /** True if it may use the network. */
  readonly network: boolean
}

/** The most that a submission may use at a time and, of the processors, in all. */
export interface Limits {
  readonly memoryBytes: number
  /** Processes, each of their threads counted. */
  readonly tasks: number
  readonly cpuMillis: number
  /** What its folder holds, and what it writes. */
  readonly diskBytes: number
}

/** A class file, read and checked; all its paths are whole or begin where this process is. */
export interface ClassFile {
  readonly file: string
  /** The folder that it is in. */
  readonly folder: string
  readonly submissions: ReadonlyArray<string>
  /** The program of those that no other rule is for. */
  readonly program: Program | undefined
  /** The programs of languages, in the order in which they are looked for. */
  readonly languages: ReadonlyArray<{ readonly language: Language; readonly program: Program }>
  /** The programs of single submissions. */
  readonly folders: ReadonlyMap<string, Program>
  readonly withinMillis: number
  readonly limits: Limits
  readonly readable: ReadonlyArray<string>
  readonly reference: string
  readonly score: Score
  readonly scenarios: ReadonlyArray<string>
  readonly hidden: ReadonlyArray<string>
}

const defaults = {
  buildMillis: 60_000,
  withinMillis: 300_000,
  limits: { memory: 1_073_741_824, processes: 512, cpu: 300_000, disk: 2_147_483_648 },
  must: 20
} as const

const buildOptions = options({ run: words("a command"), within: duration, network: flag }, ["run"])

const build: Shape<Build> = {
  what: "a command, or a map of run, within and network",
  schema: { anyOf: [words("a command").schema, buildOptions.schema] },
  read: (node, reader) => {
    const read = reader.isMap(node)
      ? buildOptions.read(node, reader)
      : { run: words("a command").read(node, reader) }
    return {
      run: read.run,
      withinMillis: read.within ?? defaults.buildMillis,
      network: read.network === true
    }
  }
}

const clientOptions = options({ start: words("a command"), port: integer(1, 65_535), ...clientWords }, [
  "start"
])

/** A client that is told its port. */
const client: Shape<Client> = {
  ...clientOptions,
  read: (node, reader) => {
    const read = clientOptions.read(node, reader)
    return knowsPort({ ...read, command: read.start }) ? read : noPort(node, reader)
  }
}

const programKeys = {
  build,
  start: words("a command"),
  port: integer(1, 65_535),
  client,
  env: list(words("a variable: NAME=VALUE, or NAME for your own"))
} as const

const programOptions = options(programKeys)

/** A program whose port is known: by `{port}` in its command, or by number. */
const program: Shape<Program> = {
  ...programOptions,
  read: (node, reader) => {
    const read = programOptions.read(node, reader)
    if (read.start === undefined && read.client === undefined)
      return reader.fail(node, '"start" (a server) or "client" is missing here')
    return withPort(read, node, reader)
  }
}

function withPort<P extends Pick<Program, "start" | "port">>(read: P, node: Node, reader: Reader): P {
  return read.port !== undefined || read.start === undefined || read.start.includes("{port}")
    ? read
    : noPort(node, reader)
}

function noPort(node: Node, reader: Reader): never {
  return reader.fail(node, "`start` has no {port}; where the port is compiled in, name it with `port`")
}

/** A map from names to values of one shape; the names have a shape of their own. */
const mapOf = <K extends string, A>(key: Shape<K>, value: Shape<A>): Shape<ReadonlyMap<K, A>> => ({
  what: `a map from ${key.what} to ${value.what}`,
  schema: { type: "object", propertyNames: key.schema, additionalProperties: value.schema },
  read: (node, reader) =>
    new Map(
      reader
        .entries(node)
        .map((entry) => [
          key.read(entry.keyNode, reader),
          value.read(entry.value ?? reader.fail(entry.keyNode, `this needs ${value.what}`), reader)
        ])
    )
})

/** Paths that patterns stand for, seen from the folder of the class file; each must stand for some. */
const paths = (what: string, base: string, isFolder: boolean): Shape<ReadonlyArray<string>> => {
  const pattern = words(what)
  const one: Shape<ReadonlyArray<string>> = {
    ...pattern,
    read: (node, reader) => {
      const written = pattern.read(node, reader)
      const found = globSync(written, { cwd: base }).map((path) => relative(".", resolve(base, path)))
      const isRight = (path: string) => !isFolder || statSync(path).isDirectory()
      const right = found.filter(isRight).toSorted()
      return right.length > 0
        ? right
        : reader.fail(node, `no ${isFolder ? "folder" : "file"} matches ${written}`)
    }
  }
  const some = oneOrMore(one)
  return { ...some, read: (node, reader) => some.read(node, reader).flat() }
}

/** The keys of a class file, seen from the folder that it is in. */
const keysFrom = (base: string) => ({
  submissions: paths("a pattern of folders such as rendus/*", base, false),
  ...programKeys,
  ...(Object.fromEntries(Object.keys(languages).map((language) => [language, program])) as {
    readonly [language in Language]: Shape<Program>
  }),
  folders: mapOf(words("the name of a folder"), program),
  within: duration,
  limits: options({ memory: bytes, processes: integer(1, 1_000_000), cpu: duration, disk: bytes }),
  readable: list(paths("a folder", base, true)),
  reference: paths("the folder of a server that passes everything", base, true),
  score: options({
    must: amount("points for all musts"),
    should: amount("points for all shoulds"),
    may: amount("points for all mays"),
    clauses: mapOf<ClauseId, number>(clause, amount("a weight"))
  }),
  scenarios: paths("files and folders of scenarios", base, false),
  hidden: paths("files of scenarios", base, false)
})

const required = ["submissions", "reference"] as const

/** The JSON Schema of class files: what editors complete. */
export const classSchema: JsonSchema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "A class to grade (docs/GRADING.md)",
  ...options(keysFrom("."), required).schema,
  $defs: { clause: { enum: Object.keys(clauses) } }
}

/** Reads a class file, or gives the mistakes in it. */
export const readClassFile = Effect.fnUntraced(function* (
  file: string
): Effect.fn.Return<ClassFile, FileInvalid> {
  const found = yield* readText(file)
  if ("problem" in found)
    return yield* new FileInvalid({ mistakes: [{ file, line: 1, column: 1, message: found.problem }] })
  const source = new Source(file, found.text)
  const read = source.mistakes.length === 0 ? source.attempt(() => classIn(source)) : undefined
  if (read === undefined) return yield* new FileInvalid({ mistakes: source.mistakes })
  return read
})

/** In a class file nothing is said to anybody: a `#` behind a value begins a comment. */
class ClassReader extends Reader {
  override rejectCut(): void {}
}

const isInOneOf = (folders: ReadonlyArray<string>, path: string): boolean =>
  folders.some((folder) => `${resolve(path)}/`.startsWith(`${folder}/`))

const classIn = (source: Source): ClassFile => {
  const { file, root } = source
  const reader = new ClassReader(source, () => [])
  if (root === undefined)
    return reader.fail(root, "this file is empty; a class needs at least `submissions` and `reference`")
  const base = dirname(file)
  const read = options(keysFrom(base), required).read(root, reader)
  const { folders = new Map(), hidden = [], limits = {}, score = { must: defaults.must } } = read
  const inOrder = reader
    .entries(root)
    .map(({ key }) => key)
    .filter(isLanguage)
  const one = <K extends keyof typeof read>(key: K) =>
    reader.entries(root).find((entry) => entry.key === key)!.value!
  if (read.reference.length > 1) return reader.fail(one("reference"), "there can be one reference only")
  const names = read.submissions.map((path) => basename(path))
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) return reader.fail(one("submissions"), `two submissions have the name "${twice}"`)
  for (const { key, keyNode } of read.folders === undefined ? [] : reader.entries(one("folders")))
    if (!names.includes(key))
      return reader.fail(keyNode, `there is no submission "${key}"${didYouMean(key, names)}`)
  const readable = (read.readable ?? []).flat().map((path) => resolve(path))
  const open = [file, ...read.submissions, ...hidden].find((path) => isInOneOf(readable, path))
  if (open !== undefined) return reader.fail(one("readable"), `submissions could read ${open} there`)
  const hasProgram = read.start !== undefined || read.client !== undefined
  if (!hasProgram && (read.build ?? read.port ?? read.env) !== undefined)
    return reader.fail(root, "`build`, `port` and `env` need a `start` or a `client` beside them")
  const ofClass: Program = {
    build: read.build,
    start: read.start,
    port: read.port,
    client: read.client,
    env: read.env
  }
  const rules = inOrder.map((language) => ({ language, program: read[language]! }))
  const programs = [ofClass, ...rules.map(({ program }) => program), ...folders.values()]
  return {
    file,
    folder: base,
    submissions: read.submissions,
    program: hasProgram
      ? withPort(ofClass, read.start === undefined ? root : one("start"), reader)
      : undefined,
    languages: rules,
    folders,
    withinMillis: read.within ?? defaults.withinMillis,
    limits: {
      memoryBytes: limits.memory ?? defaults.limits.memory,
      tasks: limits.processes ?? defaults.limits.processes,
      cpuMillis: limits.cpu ?? defaults.limits.cpu,
      diskBytes: limits.disk ?? defaults.limits.disk
    },
    readable,
    reference: read.reference[0]!,
    score: {
      must: score.must ?? 0,
      should: score.should ?? 0,
      may: score.may ?? 0,
      weights: Object.fromEntries(score.clauses ?? [])
    },
    scenarios: read.scenarios ?? suitesFor(programs),
    hidden
  }
}

/** The scenarios that come with the harness, those for servers and those for clients, as far as there are such programs. */
const suitesFor = (programs: ReadonlyArray<Program>): ReadonlyArray<string> => [
  ...(programs.some(({ start }) => start !== undefined) ? [suite("scenarios")] : []),
  ...(programs.some(({ client }) => client !== undefined) ? [suite("scenarios/client")] : [])
]
