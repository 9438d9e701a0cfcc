import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import type { Address } from "../src/net/Address.ts"
import { type Broker, startBrokers, storeOf } from "./Brokers.ts"
import { lateBehind } from "./Late.ts"
import { freePort, host } from "./Port.ts"
import { type Proxy, proxyTo } from "./Proxy.ts"
import { accepting, type Restartable, restartable } from "./Restartable.ts"

/** A server that is a node of a cluster. */
export interface ClusterNode extends Restartable {
  readonly name: string
  readonly address: Address
  /** Its ways to the brokers, one to each; none if it has no proxies. */
  readonly proxies: ReadonlyArray<Proxy>
}

/** Servers that are one chat, and the brokers that have its log. */
export interface Cluster {
  readonly brokers: ReadonlyArray<Broker>
  readonly nodes: ReadonlyArray<ClusterNode>
}

export interface ClusterOptions {
  readonly brokers: number
  readonly nodes: number
  /** The ports of the nodes, then those of the brokers, are this one and the next; free ones without it. */
  readonly basePort?: number | undefined
  /** Puts a proxy between each node and each broker. */
  readonly hasProxies?: boolean
  /** Milliseconds by which the second node hears from the brokers later than the others. */
  readonly lateMillis?: number
  /** More flags for `palabre serve`, the same for each node. */
  readonly flags?: ReadonlyArray<string>
  /** Flags for the Node of each node, by its place among them. */
  readonly nodeFlags?: (at: number) => ReadonlyArray<string>
}

/** The stream that the nodes of a cluster share. */
export const streamName = "chat"

/** Starts brokers and our own server on each node, on loopback, until the scope closes. All accept connections then. */
export const startCluster = Effect.fnUntraced(function* ({
  basePort,
  brokers: brokerCount,
  flags = [],
  hasProxies = false,
  lateMillis = 0,
  nodeFlags = () => [],
  nodes: nodeCount
}: ClusterOptions) {
  const portsFrom = (at: number, count: number) =>
    basePort === undefined ? undefined : Array.from({ length: count }, (_, i) => basePort + at + i)
  const brokerPorts = portsFrom(nodeCount, brokerCount)
  const brokers = yield* startBrokers(brokerCount, brokerPorts && { ports: brokerPorts })
  const names = Array.from({ length: nodeCount }, (_, i) => `n${i + 1}`)
  const ports = portsFrom(0, nodeCount) ?? (yield* Effect.forEach(names, () => freePort))
  const nodes = yield* Effect.forEach(
    names,
    Effect.fnUntraced(function* (name, at) {
      const port = ports[at]!
      const proxies = hasProxies ? yield* Effect.forEach(brokers, (broker) => proxyTo(broker.port)) : []
      const near = hasProxies ? proxies : brokers
      const isLate = at === 1 && lateMillis > 0
      const ways = isLate ? yield* Effect.forEach(near, ({ port }) => lateBehind(port, lateMillis)) : near
      const store = storeOf(ways.map(({ port }) => port))
      const own = ["--host", host, "--port", `${port}`, "--store", store, "--store-name", streamName]
      const command = [process.execPath, ...nodeFlags(at), palabre, "serve", ...own, "--node", name, ...flags]
      const node = yield* restartable({ command }, accepting(port))
      return { ...node, name, address: { host, port }, proxies } satisfies ClusterNode
    }),
    { concurrency: "unbounded" }
  )
  return { brokers, nodes } satisfies Cluster
})

const palabre = fileURLToPath(new URL("../bin/palabre.js", import.meta.url))

/** Why a cluster could not be started, for people. */
export const notStartedText = (error: Effect.Error<ReturnType<typeof startCluster>>): string => {
  switch (error._tag) {
    case "NoBrokers":
      return "there is no nats-server: install it (apt install nats-server), or put it into PATH"
    case "NoPort":
      return `nobody can listen on this machine: ${error.reason}`
    case "NotStarted":
      return [`a server or broker did not start: ${error.how}`, ...error.lines].join("\n  ")
  }
}
