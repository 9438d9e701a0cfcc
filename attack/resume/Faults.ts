import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { deleteStream, leaderOf, losesAny, untilWhole } from "../../process/Brokers.ts"
import { type Cluster, type ClusterNode, streamName } from "../../process/Cluster.ts"
import type { Treatment } from "../../process/Proxy.ts"
import type { NotStarted } from "../../process/Restartable.ts"
import { Failure } from "../../src/commands/Cli.ts"
import { markOf } from "../../src/log/JetStreamEnd.ts"
import type { LogError } from "../../src/log/LogError.ts"
import { Dice } from "./Dice.ts"
import { offersFeatures } from "./Features.ts"
import type { Outage } from "./Outages.ts"
import type { Run } from "./Run.ts"

/** The cluster that harm is done to, and by whose draws. */
interface Harm {
  readonly cluster: Cluster
  /** The time after which the others take a silent node for dead. */
  readonly leaseMillis: number
  readonly run: Run
  readonly dice: Dice
}

/** Something that goes wrong with a node, or with the log of all, and that is well again in the end. */
interface Fault {
  readonly kind: Outage
  /** The node that it strikes, if that is not left to the dice. */
  readonly aim?: (harm: Harm) => Effect.Effect<ClusterNode>
  readonly strike: (harm: Harm, node: ClusterNode) => Effect.Effect<unknown, NotStarted | LogError>
}

/** Waits so long, or up to twice as long. */
const around = ({ dice }: Harm, millis: number) => Effect.sleep(millis + dice.below(millis))

/** Has the ways of a node to all brokers treat what passes like this, for so long or up to twice as long. */
const away = (treatment: Treatment, millis = 3_000): Fault => ({
  kind: "node",
  strike: (harm, { proxies }) => {
    const treatAll = (treatment: Treatment) => Effect.forEach(proxies, ({ treat }) => treat(treatment))
    return treatAll(treatment).pipe(Effect.andThen(around(harm, millis)), Effect.andThen(treatAll("pass")))
  }
})

const faults = {
  "node-killed": {
    kind: "node",
    strike: (harm, { kill, restart }) => {
      const pause = harm.dice.chance(0.5) ? Effect.void : around(harm, harm.leaseMillis)
      return kill.pipe(Effect.andThen(pause), Effect.andThen(restart))
    }
  },
  "node-restarted": {
    kind: "node",
    aim: ({ cluster: { nodes }, run: { book } }) =>
      Effect.sync(() => nodes[book.numberOf("node-restarted") % nodes.length]!),
    strike: (harm, { name, process, restart }) =>
      Effect.gen(function* () {
        const running = process()
        running.signal("SIGTERM")
        const { code, how } = yield* running.end
        if (code !== 0) harm.run.book.find("END-2", name, `it was asked to end, and ended with ${how}`)
        if (harm.dice.chance(0.5)) yield* around(harm, harm.leaseMillis)
        yield* restart
      })
  },
  "node-frozen": {
    kind: "node",
    strike: (harm, { freeze, thaw }) =>
      freeze.pipe(Effect.andThen(around(harm, 1.2 * harm.leaseMillis)), Effect.andThen(thaw))
  },
  "connections-cut": {
    kind: "node",
    strike: (_, { proxies }) => Effect.forEach(proxies, ({ cut }) => cut)
  },
  "log-out-of-reach": away("refuse"),
  "packets-lost": away("swallow"),
  "packets-late": away("hold"),
  "acks-lost": away("muffle", 250),
  "answers-lost": away("muffle", 2_000),
  "leader-killed": {
    kind: "log",
    strike: (harm) =>
      Effect.flatMap(leaderOf(harm.cluster.brokers, streamName), ({ kill, restart }) =>
        kill.pipe(Effect.andThen(around(harm, 1_000)), Effect.andThen(restart))
      )
  },
  "broker-restarted": {
    kind: "log",
    strike: ({ cluster: { brokers }, dice }) => dice.pick(brokers).restart
  },
  "log-lost": {
    kind: "log",
    strike: ({ cluster: { brokers }, run: { book, patience, settings } }) =>
      Effect.gen(function* () {
        const { epoch } = book
        book.losses++
        yield* deleteStream(brokers, streamName)
        const since = patience.begin()
        while (book.epoch === epoch) {
          yield* Effect.sleep(lookMillis)
          if (patience.overdue(since, settings.stallMillis) !== undefined)
            return book.find("NODE-3", "the nodes", "the log was deleted, and no new epoch begins")
        }
      })
  }
} as const satisfies Readonly<Record<string, Fault>>

/** The name of a fault. */
export type FaultName = keyof typeof faults

export const faultNames = Object.keys(faults) as ReadonlyArray<FaultName>

/** Those of which brokers of any version lose nothing. */
export const gentleFaultNames = faultNames.filter(
  (name) => name !== "leader-killed" && name !== "broker-restarted"
)

/**
 * Does harm to the nodes of a cluster and to its brokers, at the same time, until the run settles; then all is well. The log
 * is lost once at most, half-way through, while nothing else is wrong.
 */
export const harm =
  (cluster: Cluster, leaseMillis: number, chosen: ReadonlyArray<FaultName>) =>
  (run: Run): Effect.Effect<void, Failure> => {
    const { seconds, seed } = run.settings
    const peace = Semaphore.makeUnsafe(kinds.length)
    const again = (kind: Outage) => {
      const names = chosen.filter((name) => faults[name].kind === kind && name !== "log-lost")
      const given: Harm = { cluster, leaseMillis, run, dice: new Dice(seed, `faults of a ${kind}`) }
      const pause = Effect.suspend(() => around(given, pauseMillis[kind]))
      const next = Effect.suspend(() => peace.withPermits(1)(strike(given, given.dice.pick(names))))
      return Effect.whileLoop({
        while: () => names.length > 0 && !run.isSettling,
        body: () => Effect.andThen(pause, next),
        step: () => {}
      })
    }
    const lose = Effect.suspend(() => {
      const given: Harm = { cluster, leaseMillis, run, dice: new Dice(seed, "loss") }
      return Effect.andThen(
        Effect.sleep(seconds * 500),
        peace.withPermits(kinds.length)(strike(given, "log-lost"))
      )
    })
    return Effect.all([...kinds.map(again), chosen.includes("log-lost") ? lose : Effect.void], {
      concurrency: "unbounded"
    }).pipe(
      Effect.andThen(Effect.forEach(cluster.nodes, (node) => assertRuns(run, node))),
      Effect.mapError((error) => (error instanceof Failure ? error : new Failure(reasonOf(error)))),
      Effect.asVoid
    )
  }

const kinds: ReadonlyArray<Outage> = ["node", "log"]

const strike = Effect.fnUntraced(function* (given: Harm, name: FaultName) {
  const { cluster, run } = given
  const { kind, strike, aim = kind === "node" ? aimed : anywhere }: Fault = faults[name]
  const node = yield* aim(given)
  if (kind === "node") {
    yield* assertRuns(run, node)
    run.book.releaseAll()
  }
  const addresses = kind === "node" ? [node.address] : run.addresses
  const over = run.outages.begin(kind, addresses)
  run.harms.add(name)
  run.book.count(name)
  run.book.count("kills")
  if (kind === "node" || name === "log-lost") yield* strike(given, node)
  else yield* strikeBrokers(given, strike(given, node))
  if (kind === "log") {
    yield* untilWhole(cluster.brokers, `${streamName}-checkpoint`)
    yield* Effect.forEach(run.addresses, offersFeatures)
  } else yield* offersFeatures(node.address)
  run.harms.delete(name)
  setTimeout(() => {
    over()
    if (kind === "log") run.book.losses--
  }, lingerMillis).unref()
})

/** What brokers lose themselves, that they had acknowledged, no node can keep; but nothing else may begin a new epoch. */
const strikeBrokers = Effect.fnUntraced(function* (
  { cluster: { brokers }, run: { book } }: Harm,
  strike: Effect.Effect<unknown, NotStarted | LogError>
) {
  const { epoch } = book
  book.losses++
  if (yield* losesAny(brokers, streamName, (n) => markOf(Date.now(), n), strike))
    book.count("lost by the brokers")
  else if (book.epoch !== epoch)
    book.find("NODE-3", "the nodes", "a new epoch began, though the brokers lost nothing")
})

const anywhere = ({ cluster: { nodes }, dice }: Harm) => Effect.sync(() => dice.pick(nodes))

/**
 * More often than not, a node to which somebody says something at this moment, under a name that others may have as soon as
 * the node is dead.
 */
const aimed = (harm: Harm): Effect.Effect<ClusterNode> => {
  const { cluster, dice, run } = harm
  if (dice.chance(0.3)) return anywhere(harm)
  const spoken = Effect.callback<ClusterNode>((resume) => {
    run.onWord = (at) => resume(Effect.succeed(cluster.nodes.find(({ address }) => address === at)!))
  })
  return Effect.timeoutOrElse(spoken, { duration: wordMillisMax, orElse: () => anywhere(harm) })
}

/** A node that has ended by itself is a finding, and is started again. */
const assertRuns = ({ book }: Run, { name, process, restart }: ClusterNode) =>
  Effect.suspend(() => {
    const { ended, lastLines } = process()
    if (ended === undefined) return Effect.void
    book.find("NODE-4", name, `it ended by itself: ${ended.how}`, lastLines)
    return restart
  })

const reasonOf = (error: NotStarted | LogError): string =>
  error._tag === "NotStarted"
    ? [`a node or broker does not start again: ${error.how}`, ...error.lines].join("\n  ")
    : `the brokers cannot be asked: ${error.detail}`

/** The time between two faults, or half of it. Brokers need some to choose a leader and to catch up. */
const pauseMillis: Readonly<Record<Outage, number>> = { node: 1_500, log: 4_000 }
/** The time for which clients may still be told of a trouble that is over. */
const lingerMillis = 6_000
const lookMillis = 50
/** The time to wait for a word, before any node will do. */
const wordMillisMax = 2_000
