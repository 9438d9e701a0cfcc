import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { knowsPort } from "../client/ClientUse.ts"
import { speaksTls } from "../../src/net/SpeaksTls.ts"
import { Failure } from "../../src/commands/Cli.ts"
import type { ErrorCode } from "../../src/Protocol.ts"
import { clientsFolder, scenarioNames, scenariosFolder } from "../scenario/Files.ts"
import { exitCodes } from "./exitCodes.ts"
import type { Target } from "../stage/Target.ts"
import type { Door } from "../targets/Door.ts"
import type { Happening } from "../stage/Transcript.ts"
import type { Catalogue } from "../texts/Catalogue.ts"
import { onMistakes } from "./mistakes.ts"

/** The flags of a command that choose the target. */
export interface TargetInput {
  readonly spawn: Option.Option<string>
  readonly port: Option.Option<number>
  readonly env: ReadonlyArray<string>
  readonly cwd: Option.Option<string>
  readonly connect: Option.Option<NonEmptyReadonlyArray<Door>>
  readonly ws: boolean
  readonly target: Option.Option<string>
  readonly tls: boolean
  readonly ca: Option.Option<string>
  readonly claims?: Option.Option<ReadonlyArray<string>>
  readonly client?: Option.Option<string>
  readonly clientLogin?: ReadonlyArray<string>
  readonly clientList?: string
  readonly clientQuit?: string
  readonly timeoutScale: number
  readonly locale: Catalogue
}

/** The target that the flags choose: our own server where they choose none. Each kind is loaded only where wanted. */
export const chooseTarget = Effect.fnUntraced(function* (
  input: TargetInput
): Effect.fn.Return<Target, Failure> {
  const { locale: texts, timeoutScale: timeScale } = input
  const [spawn, port, connect, named, ca] = [
    Option.getOrUndefined(input.spawn),
    Option.getOrUndefined(input.port),
    Option.getOrUndefined(input.connect),
    Option.getOrUndefined(input.target),
    Option.getOrUndefined(input.ca)
  ]
  const client = input.client && Option.getOrUndefined(input.client)
  if ([spawn, connect, named, client].filter((value) => value !== undefined).length > 1)
    return yield* usage("--spawn, --connect, --target and --client cannot be combined")
  const cwd = Option.getOrUndefined(input.cwd)
  for (const [flag, isSet] of [
    ["--port", port !== undefined],
    ["--env", input.env.length > 0],
    ["--cwd", cwd !== undefined]
  ] as const)
    if (isSet && spawn === undefined && client === undefined)
      return yield* usage(`${flag} needs --spawn or --client`)
  if ((input.tls || ca !== undefined) && spawn === undefined && connect === undefined)
    return yield* usage("--tls and --ca need --spawn or --connect; an entry of targets.yaml has its own")
  const claims = input.claims && Option.getOrUndefined(input.claims)
  if (claims !== undefined && spawn === undefined && connect === undefined)
    return yield* usage("--claims needs --spawn or --connect; an entry of targets.yaml has its own")
  if (input.ws && [spawn, connect, named, client].some((value) => value !== undefined))
    return yield* usage("--ws is for our own server; another one's WebSocket is --connect ws://HOST:PORT/ws")
  if (client !== undefined) return yield* chooseClient(client, input)
  if (named !== undefined) {
    const { readTarget, targetsFile } = yield* Effect.promise(() => import("../targets/Named.ts"))
    const places = { file: targetsFile, scenarios: yield* scenarioNames }
    return yield* Effect.catchTag(readTarget(named, timeScale, texts, places), "FileInvalid", onMistakes)
  }
  if (spawn === undefined && connect === undefined) {
    const { self, selfOverWebSockets } = yield* Effect.promise(() => import("../targets/Self.ts"))
    return input.ws ? selfOverWebSockets() : self()
  }
  const { trustOf } = yield* Effect.promise(() => import("../targets/Trust.ts"))
  const trust = yield* Effect.catch(trustOf(input.tls, ca), ({ problem }) => usage(problem))
  if (connect !== undefined) {
    const { connect: make } = yield* Effect.promise(() => import("../targets/Connect.ts"))
    return claiming(make(connect, trust), claims)
  }
  if (port === undefined && !spawn!.includes("{port}"))
    return yield* usage(
      "the command of --spawn has no {port}; if the port is compiled in, pass it with --port"
    )
  const { spawn: make } = yield* Effect.promise(() => import("../targets/Spawn.ts"))
  const start = { command: spawn!, port, cwd, variables: input.env, timeScale, texts, trust }
  return claiming(make(start), claims)
})

/** The same target with what it is said to offer. */
const claiming = (target: Target, claims: ReadonlyArray<string> | undefined): Target =>
  claims === undefined
    ? target
    : { ...target, arguments: `${target.arguments} --claims ${claims.join(",")}`, claims: new Set(claims) }

/** Where the scenarios for a target are when no path is named. */
export const foldersFor = ({ clients }: Target): ReadonlyArray<string> => [
  clients?.command === undefined ? scenariosFolder() : clientsFolder()
]

/** The client that the flags describe. */
const chooseClient = Effect.fnUntraced(function* (command: string, input: TargetInput) {
  const { client: make, wordsFrom } = yield* Effect.promise(() => import("../targets/Client.ts"))
  const [cwd, port] = [Option.getOrUndefined(input.cwd), Option.getOrUndefined(input.port)]
  const { clientLogin: login, clientList: list, clientQuit: quit } = input
  if (!knowsPort({ command, login, port }))
    return yield* usage(
      "the command of --client has no {port}; if the port is compiled in, pass it with --port"
    )
  return make({
    command,
    cwd,
    port,
    variables: input.env,
    ...wordsFrom({ login, list, quit })
  })
})

/**
 * Why a server that said nothing of use may be none that these flags are for; asked once all else is done. A server of
 * ours says `tls_required`, any other sends an alert or hangs up.
 */
export const whyMute = Effect.fnUntraced(function* (
  { ca, connect, tls }: Omit<TargetInput, "locale">,
  happenings: Iterable<Happening>,
  { targets }: Catalogue
) {
  if (Option.isNone(connect) || tls || Option.isSome(ca)) return undefined
  for (const { kind, value } of happenings) if (kind === "received" && isOfUse(value)) return undefined
  for (const door of connect.value)
    if (door.webSocket === undefined && (yield* speaksTls(door))) return targets.speaksTls
  return undefined
})

/** True for an object of the protocol; bytes of another one are kept as a text. */
const isOfUse = (value: unknown): boolean =>
  typeof value === "object" &&
  (value as { readonly code?: unknown } | null)?.code !== ("tls_required" satisfies ErrorCode)

const usage = (message: string): Effect.Effect<never, Failure> =>
  Effect.fail(new Failure(message, exitCodes.usage))
