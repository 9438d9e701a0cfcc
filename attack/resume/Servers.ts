import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import { temporaryFolder } from "../../process/Folder.ts"
import { clocksWith, Patience } from "../../process/Patience.ts"
import { freePort, host } from "../../process/Port.ts"
import { notStartedText, startCluster } from "../../process/Cluster.ts"
import { shell } from "../../process/Process.ts"
import { restartable } from "../../process/Restartable.ts"
import { Failure } from "../../src/commands/Cli.ts"
import type { Address } from "../../src/net/Address.ts"
import { noServer, noServerCode } from "../Report.ts"
import { startServer } from "../ServerProcess.ts"
import { checkFeatures, offersFeatures } from "./Features.ts"
import { type FaultName, harm } from "./Faults.ts"
import type { Endpoint } from "./Play.ts"

/** The server that a run is to have. */
interface Wanted {
  /** The addresses of one that runs already; none for another. */
  readonly connect: ReadonlyArray<Address>
  /** The command that starts one, with `{port}` for its port; empty for our own. */
  readonly spawn: string
  /** The `--store-sync` of our own with a new file. */
  readonly store: string | undefined
  readonly clients: number
}

/** Our own on several nodes that are one chat, over brokers which are started as well, and the harm that is done to both. */
export const clustered = Effect.fnUntraced(function* ({
  brokers,
  clients,
  faults,
  lateMillis = 0,
  leaseMillis,
  nodeFlags,
  nodes
}: WantedCluster) {
  const times = `--lease ${leaseMillis}ms --store-wait ${0.8 * leaseMillis}ms --grace ${graceLeases * leaseMillis}ms`
  const flags = `--max-clients ${3 * clients} --log-level warn ${times} ${clusterFlags}`
  const cluster = yield* startCluster({
    brokers,
    nodes,
    hasProxies: true,
    lateMillis,
    flags: flags.split(" "),
    ...(nodeFlags && { nodeFlags })
  }).pipe(Effect.mapError((error) => new Failure(notStartedText(error), noServerCode)))
  const addresses = cluster.nodes.map(({ address }) => address)
  yield* Effect.forEach(addresses, offersFeatures)
  return {
    addresses,
    patience: new Patience(clocksWith(undefined)),
    harm: harm(cluster, leaseMillis, faults)
  } satisfies Endpoint
})

/** Keeps enough for whoever was away, and writes the state anew often. */
const clusterFlags = "--history 5000 --store-checkpoint 64KiB --store-max 64MiB"

/** A session is given up soon, but after the longest absence of a member, and all that may keep it from coming back. */
const graceLeases = 10

/** The nodes and brokers that a run is to have, and what is to happen to them. */
interface WantedCluster {
  readonly nodes: number
  readonly brokers: number
  readonly clients: number
  readonly leaseMillis: number
  /** Milliseconds by which the second node hears from the brokers later than the others. */
  readonly lateMillis?: number | undefined
  readonly faults: ReadonlyArray<FaultName>
  readonly nodeFlags?: (at: number) => ReadonlyArray<string>
}

/** The server of a run: our own, one that a command starts, or one that runs already. All have to offer the features. */
export const serverFor = Effect.fnUntraced(function* ({ clients, connect, spawn, store }: Wanted) {
  const endpoint = yield* connect.length > 0
    ? Effect.succeed({ addresses: connect, patience: new Patience(clocksWith(undefined)) })
    : store !== undefined
      ? stored(store, clients)
      : spawn === ""
        ? own(clients)
        : spawned((port) => shell(spawn.replaceAll("{port}", `${port}`)))
  yield* Effect.forEach(endpoint.addresses, checkFeatures)
  return endpoint
})

/** Our own, where each client may have a second connection. */
const own = Effect.fnUntraced(function* (clients: number) {
  const { address, patience } = yield* Effect.mapError(
    startServer({ seats: 2 * clients, certificate: undefined }),
    noServer
  )
  return { addresses: [address], patience } satisfies Endpoint
})

/** Our own with a new file, of which it writes the state anew often; with flags for its Node. */
export const stored = Effect.fnUntraced(function* (
  sync: string,
  clients: number,
  nodeFlags: ReadonlyArray<string> = []
) {
  const folder = yield* temporaryFolder("resume")
  const flags = `--host ${host} --max-clients ${2 * clients} --log-level error --store-checkpoint 256KiB`
  const serve = [process.execPath, ...nodeFlags, program, "serve", ...flags.split(" ")]
  const store = ["--store", join(folder, "chat.db"), "--store-sync", sync]
  return yield* spawned((port) => [...serve, ...store, "--port", `${port}`])
})

const program = fileURLToPath(new URL("../../bin/palabre.js", import.meta.url))

/** One that a command starts, and starts again once it was killed. */
const spawned = Effect.fnUntraced(function* (command: (port: number) => ReadonlyArray<string>) {
  const port = yield* Effect.mapError(freePort, ({ reason }) => new Failure(reason, noServerCode))
  const address = { host, port }
  const listens = offersFeatures(address)
  const { process, restart } = yield* restartable({ command: command(port) }, (child) =>
    Effect.raceFirst(
      listens,
      Effect.flatMap(child.end, ({ how }) =>
        Effect.fail(new Failure(`the server ended: ${how}\n${child.lastLines.join("\n")}`, noServerCode))
      )
    )
  )
  return {
    addresses: [address],
    patience: new Patience(clocksWith(process().pid)),
    restart
  } satisfies Endpoint
})
