import type { JetStreamClient, JetStreamManager } from "@nats-io/jetstream"
import type { Authenticator, ConnectionOptions, NatsConnection } from "@nats-io/transport-node"
import { readFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { withoutPassword } from "../settings/Kinds.ts"
import { closed, type LogReason } from "./Failure.ts"
import { LogError } from "./LogError.ts"
import { patiently } from "./Patience.ts"

/** Where brokers are, and how to be let in. */
export interface NatsOptions {
  /** `nats://host:port` or `tls://…`, perhaps with `user:password@`: whatever one of them says counts for all. */
  readonly servers: ReadonlyArray<string>
  /** The file with the credentials of a user, as `nsc` writes it. */
  readonly credsFile?: string | undefined
  /** The file with the certificate of who signed those of the brokers (PEM). */
  readonly tlsCaFile?: string | undefined
}

/** A connection to the first broker that answers; it finds another by itself when that is gone. */
export interface NatsClient {
  readonly connection: NatsConnection
  readonly jetstream: JetStreamClient
  readonly manager: JetStreamManager
}

/** Connects, until the scope closes; as long as no broker answers, it says so and tries again. */
export const natsClient = Effect.fnUntraced(function* (
  options: NatsOptions
): Effect.fn.Return<NatsClient, LogError, Scope.Scope> {
  const [{ connect, credsAuthenticator }, { jetstream, jetstreamManager }] = yield* packages
  const settings = yield* Effect.try({
    try: () => connectionOptions(options, credsAuthenticator),
    catch: (error) => new LogError({ reason: "refused", detail: (error as Error).message })
  })
  const where = options.servers.map(withoutPassword).join(", ")
  const opened = Effect.acquireRelease(
    connecting(() => connect(settings)),
    (connection) => Effect.promise(() => connection.close()),
    { interruptible: true }
  )
  const connection = yield* patiently(`no broker answers at ${where}`, opened).pipe(
    Effect.mapError(({ detail, reason }) => new LogError({ reason, detail: `${where}: ${detail}` }))
  )
  if (connection.info?.jetstream !== true)
    return yield* new LogError({
      reason: "refused",
      detail: `${where}: the brokers have no JetStream: start them with it (nats-server -js)`
    })
  const { version } = connection.info
  if (!isSafe(version))
    yield* Effect.logWarning(
      `brokers before ${safeVersion} may lose whole streams when they are killed: use a newer nats-server`
    ).pipe(Effect.annotateLogs({ version }))
  const manager = yield* nats(() => jetstreamManager(connection, { checkAPI: false, timeout: ANSWER_MILLIS }))
  return { connection, manager, jetstream: jetstream(connection, { timeout: ANSWER_MILLIS }) }
})

/** Waits for a connection; one that is there when nobody waits for it any more is closed. */
const connecting = (connect: () => Promise<NatsConnection>): Effect.Effect<NatsConnection, LogError> =>
  Effect.callback((resume) => {
    const opening = connect()
    opening.then(
      (connection) => resume(Effect.succeed(connection)),
      (error: unknown) => resume(Effect.fail(logErrorOf(error)))
    )
    return Effect.sync(() => {
      opening.then(
        (connection) => connection.close(),
        () => {}
      )
    })
  })

/** Waits for the answer of a broker. */
export const nats = <A>(ask: () => Promise<A>): Effect.Effect<A, LogError> =>
  Effect.tryPromise({ try: ask, catch: logErrorOf })

/** The error of a broker in our words. */
export const logErrorOf = (error: unknown): LogError => {
  const { code, message, name } = error as Error & { readonly code?: number | string }
  const [reason, words] = byCode[code ?? 0] ?? byName[name] ?? (["unavailable", ""] as const)
  return new LogError(
    reason === "closed" ? closed : { reason, detail: words === "" ? message : `${words} (${message})` }
  )
}

/** Removes the messages of a stream before a position. */
export const purge = (
  { manager }: NatsClient,
  stream: string,
  before: number
): Effect.Effect<void, LogError> =>
  // brokers take "before 1" for "all of them"
  before <= 1 ? Effect.void : Effect.asVoid(nats(() => manager.streams.purge(stream, { seq: before })))

/** Tells if a broker said that there is no such stream. */
export const isNotFound = (error: unknown): boolean => (error as { readonly code?: number }).code === 10_059

const noRoom = ["full", "the brokers have no room: raise their limits, or lower --store-max"] as const
const notLetIn = [
  "refused",
  "the brokers let nobody in like that: see --nats-creds, or name a user (nats://user:password@…)"
] as const

/** This may be mended at the brokers while servers wait. */
const untrusted = ["unavailable", "the certificate of a broker is not trusted: see --nats-tls-ca"] as const

/** What the codes of JetStream mean (https://github.com/nats-io/nats-server/blob/main/server/errors.json), and those of TLS. */
const byCode: Readonly<Record<number | string, readonly [LogReason, string]>> = {
  10_005: ["unavailable", "a broker is missing, or has not come in: start it again, or see --store-replicas"],
  10_023: noRoom,
  10_028: noRoom,
  10_047: noRoom,
  10_039: ["refused", "this account has no JetStream: give it some, or see --nats-creds"],
  10_054: ["too_large", "an entry is longer than the brokers take"],
  10_065: ["refused", "the brokers have another stream with these subjects: choose another --store-name"],
  10_074: ["refused", "a broker alone keeps no copies: start several as a cluster, or see --store-replicas"],
  10_077: [
    "full",
    "the brokers have no room in the stream, which has --store-max from when it was made: raise its max_bytes (nats stream edit), or their limits"
  ],
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted
}

/** What the errors of the client mean. */
const byName: Readonly<Record<string, readonly [LogReason, string]>> = {
  AuthorizationError: notLetIn,
  PermissionViolationError: notLetIn,
  ClosedConnectionError: ["closed", ""],
  DrainingConnectionError: ["closed", ""]
}

/** The client packages, which are there only if somebody installed them. */
const packages = Effect.tryPromise({
  try: () => Promise.all([import("@nats-io/transport-node"), import("@nats-io/jetstream")]),
  catch: () =>
    new LogError({
      reason: "refused",
      detail: "--store nats://… needs two packages: npm install @nats-io/transport-node @nats-io/jetstream"
    })
})

type CredsAuthenticator = typeof import("@nats-io/transport-node").credsAuthenticator

const connectionOptions = (
  { credsFile, servers, tlsCaFile }: NatsOptions,
  credsAuthenticator: CredsAuthenticator
): ConnectionOptions => {
  const urls = servers.map((server) => new URL(server))
  const user = urls.find(({ username }) => username !== "")
  const isTls = tlsCaFile !== undefined || urls.some(({ protocol }) => protocol === "tls:")
  return {
    name: "palabre",
    servers: urls.map(({ host }) => host),
    timeout: ANSWER_MILLIS,
    pingInterval: ANSWER_MILLIS,
    maxPingOut: 2,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RETRY_MILLIS,
    // what brokers call themselves among each other need not be what they are called here
    ignoreClusterUpdates: true,
    noAsyncTraces: true,
    ...(user && { user: decodeURIComponent(user.username), pass: decodeURIComponent(user.password) }),
    ...(credsFile !== undefined && {
      authenticator: use("--nats-creds", credsFile, authenticatorBy(credsAuthenticator))
    }),
    ...(isTls && {
      tls: tlsCaFile === undefined ? {} : { ca: use("--nats-tls-ca", tlsCaFile, certificateIn) }
    })
  }
}

/** Reads a file at once, so that a mistake in it is told before anything is tried. */
const use = <A>(flag: string, file: string, what: (bytes: Buffer) => A): A => {
  try {
    return what(readFileSync(file))
  } catch (error) {
    throw new Error(`${flag} ${file}: ${(error as Error).message}`, { cause: error })
  }
}

const authenticatorBy =
  (credsAuthenticator: CredsAuthenticator) =>
  (bytes: Buffer): Authenticator => {
    const authenticator = credsAuthenticator(bytes)
    authenticator("")
    return authenticator
  }

const certificateIn = (bytes: Buffer): string => {
  const pem = bytes.toString("latin1")
  if (!pem.includes("-----BEGIN CERTIFICATE-----")) throw new Error("there is no certificate in PEM")
  return pem
}

/** True of a version of the brokers that keeps what it has acknowledged when one of several is killed. */
export const isSafe = (version: string): boolean => compareVersions(version, safeVersion) >= 0

/** Negative where a version is older than another. */
const compareVersions = (a: string, b: string): number => {
  const [x, y] = [a, b].map((version) => version.split(/[.-]/).map(Number))
  const i = y!.findIndex((part, i) => x![i] !== part)
  return i === -1 ? 0 : x![i]! - y![i]!
}

export const safeVersion = "2.10.23"

const ANSWER_MILLIS = 2_000
const RETRY_MILLIS = 250
