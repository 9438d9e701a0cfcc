import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { hasBrokers, storeOf } from "../../process/Brokers.ts"
import { type Cluster, type ClusterNode, startCluster, streamName } from "../../process/Cluster.ts"
import { type ChatClient, ChatError, connect } from "../../src/index.ts"
import { nats, natsClient } from "../../src/log/NatsClient.ts"
import { formatAddress } from "../../src/net/Address.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"
import type { Release } from "./releases.ts"

/** Three nodes of the release before the next one, and a way to install others. */
const cluster = Effect.gen(function* () {
  const path = temporaryFolder()
  const fileOf = (name: string) => join(path, name)
  const install = (name: string, release: Release) => writeFileSync(fileOf(name), release)
  const names = ["n1", "n2", "n3"]
  for (const name of names) install(name, "old")
  const started = yield* startCluster({
    brokers: 1,
    nodes: 3,
    flags: ["--history", "100000", "--store-checkpoint", "64KiB", "--lease", "3s"],
    nodeFlags: (at) => ["--import", new URL(`release.ts?of=${fileOf(names[at]!)}`, import.meta.url).href]
  })
  /** What an operator does: ends a server in order, and starts another release in its place. */
  const upgrade = (node: ClusterNode, release: Release) =>
    Effect.gen(function* () {
      install(node.name, release)
      node.process().signal("SIGTERM")
      yield* node.process().end
      yield* node.restart
    })
  return { ...started, upgrade }
})

/** Waits until the newest entry and the newest checkpoint have this version of the format. */
const untilWritten = ({ brokers }: Cluster, version: number) =>
  Effect.scoped(
    Effect.gen(function* () {
      const { manager } = yield* natsClient({ servers: [storeOf(brokers.map(({ port }) => port))] })
      const newest = (stream: string, subject: string) =>
        Effect.map(
          nats(() => manager.streams.getMessage(stream, { last_by_subj: subject })),
          (message) => message?.string() ?? ""
        )
      const look = Effect.gen(function* () {
        const entry = yield* newest(streamName, `${streamName}.entry`)
        const mark = yield* newest(`${streamName}-checkpoint`, `${streamName}.checkpoint`)
        const from = /"from":(\d+)/.exec(mark)?.[1] ?? "none"
        const state = yield* newest(`${streamName}-checkpoint`, `${streamName}.checkpoint.${from}.0`)
        return [entry, state].every((text) => text.includes(`"v":${version},`))
      })
      yield* Effect.repeat(look, { until: (has) => has })
    })
  )

/** A client of all nodes, the first of them first, that comes back by itself. */
const client = (
  username: string,
  nodes: ReadonlyArray<ClusterNode>
): Effect.Effect<ChatClient, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() =>
      connect({
        servers: nodes.map(({ address }) => formatAddress(address)),
        username,
        reconnect: true,
        retryMillis: 10,
        retryMillisMax: 100,
        eventBytesMax: 1 << 28
      })
    ),
    (client) => Effect.promise(() => client.close())
  )

/** Says it until it is acknowledged: nothing is said twice by that, where it was refused. */
const say = async (client: ChatClient, content: string): Promise<void> => {
  while (true) {
    try {
      return await client.say(content)
    } catch (error) {
      if (!(error instanceof ChatError) || error.code !== "unavailable") throw error
    }
  }
}

/** Has a client say one number after the other, until it is told to stop; gives how many were acknowledged. */
const talking = (client: ChatClient) => {
  const ending = new AbortController()
  const talk = async () => {
    let said = 0
    while (!ending.signal.aborted) await say(client, `${++said}`)
    return said
  }
  const talked = talk()
  return {
    stop: Effect.promise(() => {
      ending.abort()
      return talked
    })
  }
}

/** What a client hears of each other one, until all have said the last word. */
const heardBy = async (listener: ChatClient, names: ReadonlyArray<string>) => {
  const heard = new Map(names.map((name) => [name, new Array<string>()]))
  let open = names.length
  for await (const event of listener.events) {
    assert.notInclude(["gap", "missed"], event.type)
    if (event.type !== "message") continue
    if (event.content === lastWord) open--
    else heard.get(event.username)!.push(event.content)
    if (open === 0) return heard
  }
  throw new Error("the listener was ended")
}

const lastWord = "that was all"

const newer = (what: string) =>
  new RegExp(
    `^palabre: ${what} was written by a newer palabre, in version 2 of its format, and this one reads 1: upgrade this one$`,
    "m"
  )

const test = (name: string, body: Effect.Effect<void, unknown, Scope.Scope>, millisMax: number) =>
  it.live(name, () => Effect.scoped(body), millisMax)

describe.skipIf(!hasBrokers)("A new version of the format", () => {
  test(
    "is read by one release and written by the next: servers are upgraded in turn, and nobody loses anything",
    Effect.gen(function* () {
      const all = yield* cluster
      const { nodes, upgrade } = all
      const listener = yield* client("listener", nodes)
      const names = ["alice", "bob", "carol"]
      const speakers = yield* Effect.forEach(names, (name, i) =>
        client(name, [...nodes.slice(i), ...nodes.slice(0, i)])
      )
      const hearing = heardBy(listener, names)
      const conversations = speakers.map(talking)
      for (const node of nodes) yield* upgrade(node, "next")
      yield* untilWritten(all, 1)
      for (const node of nodes) yield* upgrade(node, "after")
      yield* untilWritten(all, 2)
      const counts = yield* Effect.forEach(conversations, ({ stop }) => stop)
      for (const speaker of speakers) yield* Effect.promise(() => say(speaker, lastWord))
      const heard = yield* Effect.promise(() => hearing)
      for (const [i, name] of names.entries())
        assert.deepStrictEqual(
          heard.get(name),
          Array.from({ length: counts[i]! }, (_, i) => `${i + 1}`)
        )
      assert.sameMembers([...(yield* Effect.promise(() => listener.list()))], ["listener", ...names])
    }),
    120_000
  )

  test(
    "ends a server that cannot read it, with what to do; the others go on, and it may come back upgraded",
    Effect.gen(function* () {
      const all = yield* cluster
      const { nodes, upgrade } = all
      const [old, ...others] = nodes
      for (const node of others) yield* upgrade(node, "next")
      const alice = yield* client("alice", nodes)
      const bob = yield* client("bob", others)
      yield* upgrade(others[0]!, "after")
      const { code } = yield* old!.process().end
      assert.strictEqual(code, 4)
      assert.match(old!.process().errors.text, newer("entry \\d+ of the log"))

      const hearing = heardBy(bob, ["alice"])
      const { stop } = talking(alice)
      yield* upgrade(others[1]!, "after")
      yield* untilWritten(all, 2)
      const again = yield* Effect.result(old!.restart)
      assert.isTrue(Result.isFailure(again))
      assert.match(old!.process().errors.text, newer("the checkpoint at entry \\d+ of the log"))
      yield* upgrade(old!, "next")
      const carol = yield* client("carol", [old!])
      const count = yield* stop
      yield* Effect.promise(() => say(alice, lastWord))
      assert.strictEqual((yield* Effect.promise(() => hearing)).get("alice")!.length, count)
      const kept = yield* Effect.promise(() => carol.history({ limit: 1 }))
      assert.deepInclude(kept[0], { username: "alice", content: lastWord })
    }),
    120_000
  )
})
