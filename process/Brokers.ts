import { spawnSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import type { StreamInfo } from "@nats-io/jetstream"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Fiber from "effect/Fiber"
import * as Effect from "effect/Effect"
import * as References from "effect/References"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import { LogError } from "../src/log/LogError.ts"
import { isNotFound, isSafe, nats, natsClient, type NatsClient } from "../src/log/NatsClient.ts"
import { temporaryFolder } from "./Folder.ts"
import { freePort, host } from "./Port.ts"
import { accepting, NotStarted, type Restartable, restartable } from "./Restartable.ts"

/** Where Debian puts it is not in everybody's PATH. */
const program = ["nats-server", "/usr/sbin/nats-server"].find(
  (path) => spawnSync(path, ["--version"]).status === 0
)

/** True if brokers can be started here. */
export const hasBrokers = program !== undefined

/** True if they keep what they have acknowledged when one of them is killed. */
export const areBrokersSafe = (): boolean =>
  program !== undefined && isSafe(/\d[\d.]*/.exec(`${spawnSync(program, ["--version"]).stdout}`)?.[0] ?? "0")

/** There is no nats-server on this machine. */
class NoBrokers extends Data.TaggedError("NoBrokers")<{}> {}

/** A broker that was started. */
export interface Broker extends Restartable {
  readonly name: string
  readonly port: number
}

type Address = Pick<Broker, "port">

/** How brokers are to be started. */
export interface BrokersOptions {
  /** Their ports; free ones without it. */
  readonly ports?: ReadonlyArray<number>
  /** What their configuration says in place of JetStream. */
  readonly more?: string
}

/** Starts so many brokers that are one cluster, on loopback and in a folder that is removed with the scope. */
export const startBrokers = Effect.fnUntraced(function* (
  count: number,
  { more, ports: given }: BrokersOptions = {}
) {
  if (program === undefined) return yield* new NoBrokers()
  const folder = yield* temporaryFolder("brokers")
  const names = Array.from({ length: count }, (_, i) => `b${i + 1}`)
  const ports = given ?? (yield* Effect.forEach(names, () => freePort))
  const routes = yield* Effect.forEach(names, () => freePort)
  const urls = routes.map((port) => `"nats://${host}:${port}"`).join(", ")
  const brokers = yield* Effect.forEach(
    names,
    Effect.fnUntraced(function* (name, i) {
      const port = ports[i]!
      const lines = [
        `listen: "${host}:${port}"`,
        `server_name: ${name}`,
        more ?? `jetstream { store_dir: "${join(folder, name)}" }`,
        ...(count === 1 ? [] : [`cluster { name: c, listen: "${host}:${routes[i]}", routes: [${urls}] }`])
      ]
      const config = join(folder, `${name}.conf`)
      writeFileSync(config, lines.join("\n"))
      const broker = yield* restartable({ command: [program, "-c", config] }, accepting(port))
      return { ...broker, name, port } satisfies Broker
    }),
    { concurrency: "unbounded" }
  )
  if (more === undefined && count > 1) yield* untilOne(brokers)
  return brokers
})

/** Waits until the brokers are one cluster. */
const untilOne = (brokers: ReadonlyArray<Broker>): Effect.Effect<void, NotStarted> => {
  const add = async ({ manager }: NatsClient) => {
    await manager.streams.add({ name: probe, subjects: [probe], num_replicas: brokers.length })
    await manager.streams.delete(probe)
  }
  return restartingLate(asking(brokers, add, lateMillis), brokers)
}

/**
 * Does what brokers can do once all of them take part, and fails if they cannot for some time. One that is late when its
 * cluster chooses a leader may stay out for good (seen with 2.10.27 on a busy machine), and comes in once it is started
 * again: that is done, and what failed tried again, to the broker that is out, or to each in turn where none is known to be.
 */
export const restartingLate = <A>(
  what: Effect.Effect<A, LogError>,
  brokers: ReadonlyArray<Pick<Broker, "name" | "restart">>,
  out: () => string | undefined = () => undefined
): Effect.Effect<A, NotStarted> =>
  Effect.gen(function* () {
    for (const next of brokers) {
      const done = yield* Effect.result(what)
      if (Result.isSuccess(done)) return done.success
      yield* (brokers.find(({ name }) => name === out()) ?? next).restart
    }
    return yield* Effect.mapError(what, ({ detail }) => new NotStarted({ how: detail, lines: [] }))
  })

/** A stream that has a copy on each broker. */
const probe = "probe"

/** What `--store` is for a server of these ports. */
export const storeOf = (ports: ReadonlyArray<number>): string =>
  `nats://${ports.map((port) => `${host}:${port}`).join(",")}`

/** The broker that leads a stream; waits while none does. */
export const leaderOf = <B extends Pick<Broker, "name" | "port">>(
  brokers: ReadonlyArray<B>,
  stream: string
): Effect.Effect<B, LogError> =>
  asking(brokers, ({ manager }) => manager.streams.info(stream)).pipe(
    Effect.map(({ cluster }) =>
      brokers.length === 1 ? brokers[0] : brokers.find(({ name }) => name === cluster?.leader)
    ),
    Effect.repeat({ until: (leader) => leader !== undefined, schedule: Schedule.spaced(lookMillis) }),
    Effect.map((leader) => leader!),
    within(patienceMillis, () => `no broker leads ${stream}`)
  )

/** Waits until all brokers have all of a stream again. */
export const untilWhole = (
  brokers: ReadonlyArray<Broker>,
  stream: string
): Effect.Effect<StreamInfo, NotStarted> => {
  let out: string | undefined
  const whole = asking(brokers, ({ manager }) => manager.streams.info(stream)).pipe(
    Effect.repeat({
      until: (info) => {
        out = outIn(info)
        return isWhole(info, brokers.length)
      },
      schedule: Schedule.spaced(lookMillis)
    }),
    within(lateMillis, () => `not all brokers have all of ${stream}`)
  )
  return restartingLate(whole, brokers, () => out)
}

/** A broker that has not all of a stream, as its leader knows. */
export const outIn = ({ cluster }: Pick<StreamInfo, "cluster">): string | undefined =>
  cluster?.replicas?.find(({ current, lag, offline }) => !current || lag || offline)?.name

/** True if so many brokers have all of a stream. */
export const isWhole = (info: Pick<StreamInfo, "cluster">, count: number): boolean =>
  count === 1 ||
  (Boolean(info.cluster?.leader) && info.cluster?.replicas?.length === count - 1 && outIn(info) === undefined)

/**
 * Does harm to brokers while a witness appends to a stream, until that fails; waits until they have all of it again. True if
 * something is gone then, or is something else, that they had acknowledged.
 */
export const losesAny = <E>(
  brokers: ReadonlyArray<Broker>,
  stream: string,
  mark: (n: number) => string,
  harm: Effect.Effect<unknown, E>
): Effect.Effect<boolean, E | LogError | NotStarted> =>
  Effect.scoped(
    Effect.gen(function* () {
      const client = yield* natsClient({ servers: serversOf(brokers) })
      const acknowledged = new Map<number, string>()
      const append = Effect.suspend(() => {
        const text = mark(acknowledged.size)
        const ack = nats(() => client.jetstream.publish(`${stream}.entry`, text))
        return Effect.map(ack, ({ seq }) => acknowledged.set(seq, text))
      })
      const isUnderWay = Deferred.makeUnsafe<void>()
      const witness = append.pipe(
        Effect.andThen(Deferred.succeed(isUnderWay, undefined)),
        Effect.repeat({ schedule: Schedule.spaced(witnessMillis) }),
        Effect.ignore,
        Effect.ensuring(Deferred.succeed(isUnderWay, undefined))
      )
      const appending = yield* Effect.forkScoped(witness)
      yield* Deferred.await(isUnderWay)
      yield* harm
      yield* Fiber.interrupt(appending)
      const { state } = yield* untilWhole(brokers, stream)
      const kept = [...acknowledged].filter(([seq]) => seq >= state.first_seq)
      return yield* asking(brokers, async ({ manager }) => {
        for (const [seq, text] of kept)
          if ((await manager.streams.getMessage(stream, { seq }))?.string() !== text) return true
        return false
      })
    })
  ).pipe(Effect.provideService(References.MinimumLogLevel, "Error"))

/** Removes a stream, and all that is in it, once: somebody else may make it anew at any time. */
export const deleteStream = (
  brokers: ReadonlyArray<Broker>,
  stream: string
): Effect.Effect<void, LogError> => {
  const created = ({ manager }: NatsClient) =>
    manager.streams.info(stream).then(
      (info) => info.created,
      (error: unknown) => {
        if (!isNotFound(error)) throw error
      }
    )
  return Effect.flatMap(asking(brokers, created), (old) =>
    Effect.asVoid(
      asking(brokers, async (client) => {
        if ((await created(client)) === old) await client.manager.streams.delete(stream)
      })
    )
  )
}

const serversOf = (brokers: ReadonlyArray<Address>) => brokers.map(({ port }) => `nats://${host}:${port}`)

/** Asks the brokers, and asks again while they choose a leader; fails with their last answer if that takes too long. */
const asking = <A>(
  brokers: ReadonlyArray<Address>,
  ask: (client: NatsClient) => Promise<A>,
  millis = patienceMillis
): Effect.Effect<A, LogError> =>
  Effect.suspend(() => {
    let problem = "they do not answer"
    const note = ({ detail }: LogError) => Effect.sync(() => (problem = detail))
    return natsClient({ servers: serversOf(brokers) }).pipe(
      Effect.flatMap((client) => nats(() => ask(client))),
      Effect.tapError(note),
      Effect.retry({ while: ({ isRetryable }) => isRetryable, schedule: Schedule.spaced(lookMillis) }),
      Effect.scoped,
      within(millis, () => problem),
      Effect.provideService(References.MinimumLogLevel, "Error")
    )
  })

/** Fails with this problem if it takes longer. */
const within = (millis: number, problem: () => string) =>
  Effect.timeoutOrElse({
    duration: millis,
    orElse: () =>
      Effect.fail(new LogError({ reason: "unavailable", detail: `${problem()}, for ${millis / 1_000} s` }))
  })

const lookMillis = 50
/** The longest that brokers may take to become one, or to catch up, before one of them is started again. */
const lateMillis = 10_000
/** The longest that brokers may take for anything else, on a busy machine. */
const patienceMillis = 60_000
const witnessMillis = 10
