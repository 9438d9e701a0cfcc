import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { printable } from "../client/Printable.ts"
import type { LogError } from "../log/LogError.ts"
import type { Census, NodeSeen } from "../replica/Census.ts"
import { withoutPassword } from "../settings/Kinds.ts"
import { brokersOf, expectedBrokers, storeTable } from "../settings/Store.ts"
import { exitCodes, Failure } from "./Cli.ts"
import { flagOf } from "./flags.ts"

const { natsCredsFile, natsTlsCaFile, storeName } = storeTable

/** `palabre nodes`: the servers that share a log. */
export const nodes = Command.make(
  "nodes",
  {
    store: Argument.String("STORE").pipe(
      Argument.withDescription("the brokers, as serve --store takes them: nats://HOST:PORT,…")
    ),
    storeName: flagOf(storeName),
    natsCredsFile: flagOf(natsCredsFile),
    natsTlsCaFile: flagOf(natsTlsCaFile),
    json: Flag.Boolean("json").pipe(
      Flag.withDescription("write an object of JSON instead of a table"),
      Flag.withDefault(false)
    )
  },
  Effect.fnUntraced(function* ({ json, store, ...given }) {
    const servers = brokersOf(store)
    if (servers === undefined || Option.isNone(storeTable.store.parse(store)))
      return yield* Effect.fail(
        new Failure(`STORE is "${printable(withoutPassword(store))}": ${onlyBrokers}`, exitCodes.usage)
      )
    const name = Option.getOrElse(given.storeName, () => storeName.defaults.lab)
    const told = yield* ask({
      servers,
      name,
      credsFile: Option.getOrUndefined(given.natsCredsFile),
      tlsCaFile: Option.getOrUndefined(given.natsTlsCaFile)
    })
    yield* Console.log(json ? jsonOf(name, told) : tableOf(name, told))
    const silent = told.nodes.filter(({ isHeard }) => !isHeard).length
    if (silent > 0)
      return yield* Effect.fail(new Failure(`${silent} of ${told.nodes.length} nodes said nothing`))
  })
).pipe(
  Command.withShortDescription("Lists the servers that share a chat"),
  Command.withDescription(
    "Lists the servers that keep one chat on the same brokers: since when each runs, when it was last heard, how many clients it has, and its version. It only reads. Exit codes: 0 all of them were heard, 1 one was not, 2 bad command line, 3 the brokers cannot be used, or keep no such chat, 4 a newer palabre wrote it."
  ),
  Command.withExamples([
    { command: "palabre nodes nats://10.0.0.1:4222,10.0.0.2:4222,10.0.0.3:4222", description: "a table" },
    { command: "palabre nodes nats://127.0.0.1 --json", description: "for a script" }
  ])
)

const onlyBrokers = `expected ${expectedBrokers}; only these have several servers`

interface Options {
  readonly servers: ReadonlyArray<string>
  readonly name: string
  readonly credsFile: string | undefined
  readonly tlsCaFile: string | undefined
}

/** What the brokers tell; a failure says why they do not. */
const ask = Effect.fnUntraced(
  function* (options: Options) {
    const [{ existingJetStreamLog }, { census }, { Registry }, { minimumLogLevel }] = yield* Effect.promise(
      () =>
        Promise.all([
          import("../log/JetStream.ts"),
          import("../replica/Census.ts"),
          import("../Registry.ts"),
          import("../telemetry/Logger.ts")
        ])
    )
    const log = yield* Layer.build(
      Layer.provide(existingJetStreamLog(options), minimumLogLevel("error"))
    ).pipe(
      Effect.timeoutOrElse({
        duration: answerMillis,
        orElse: () => Effect.fail(noAnswer(options.servers.map(withoutPassword)))
      })
    )
    return yield* Effect.provide(census(listenMillis), [Layer.succeedContext(log), Registry.layer])
  },
  Effect.scoped,
  Effect.mapError(
    ({ detail, reason }) => new Failure(detail, reason === "newer" ? exitCodes.mismatch : exitCodes.store)
  )
)

const noAnswer = (servers: ReadonlyArray<string>): Pick<LogError, "detail" | "reason"> => ({
  reason: "unavailable",
  detail: `no answer from ${servers.map(printable).join(", ")} within ${answerMillis / 1_000} s`
})

/** The time that the brokers have to answer; they are asked again and again. */
const answerMillis = 5_000
/** A node that has nothing to say beats twice a second. */
const listenMillis = 2_500

const jsonOf = (name: string, { epoch, nodes, position, rules }: Census): string =>
  JSON.stringify({
    name,
    epoch,
    position,
    rules,
    nodes: nodes.map(({ heardMillis, id, since, ...node }) => ({
      node: nameOf(id),
      id,
      since: new Date(since).toISOString(),
      heardMillis: Math.round(heardMillis),
      ...node
    }))
  })

const tableOf = (name: string, { epoch, nodes, position, rules }: Census): string => {
  const head = `${printable(name)}: ${nodes.length} ${nodes.length === 1 ? "node" : "nodes"}, epoch ${printable(epoch)}, ${position} entries`
  const kept = `history ${rules.history}, ${rules.historyBytes} bytes; rooms ${rules.rooms}, ${rules.roomsPerClient} per client; inbox ${rules.inbox}, ${rules.inboxBytes} bytes; sessions ${rules.absent}; receipts ${rules.receipts}`
  const rows = nodes.map(rowOf)
  const columns = titles.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)))
  const lines = rows.length === 0 ? [] : [titles, ...rows]
  return [
    head,
    kept,
    ...lines.map((row) =>
      row
        .map((cell, i) => cell.padEnd(columns[i]!))
        .join("  ")
        .trimEnd()
    )
  ].join("\n")
}

const titles = ["NODE", "SINCE", "HEARD", "CLIENTS", "VERSION"]

const rowOf = ({
  clients,
  heardMillis,
  id,
  isHeard,
  since,
  version = "?"
}: NodeSeen): ReadonlyArray<string> => [
  printable(nameOf(id)),
  new Date(since).toISOString().replace(/\.\d+Z$/, "Z"),
  isHeard ? "now" : `${Math.round(heardMillis / 1_000)} s ago`,
  String(clients),
  printable(version)
]

/** The name of a node for people. */
const nameOf = (id: string): string => id.replace(/\.[^.]*$/, "")
