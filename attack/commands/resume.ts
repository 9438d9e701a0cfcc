import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { areBrokersSafe } from "../../process/Brokers.ts"
import { wholeFlag } from "../../process/commands/wholeFlag.ts"
import { exitCodes, Failure } from "../../src/commands/Cli.ts"
import { safeVersion } from "../../src/log/NatsClient.ts"
import { formatAddress, parseAddress } from "../../src/net/Address.ts"
import { Book } from "../resume/Book.ts"
import { faultNames, gentleFaultNames } from "../resume/Faults.ts"
import { play, rivals } from "../resume/Play.ts"
import { failureOf, totalsText, verdictText } from "../resume/Report.ts"
import { clustered, serverFor } from "../resume/Servers.ts"
import { seedFlag } from "../Watching.ts"

const description = `Clients that stay: their sessions outlive their connections, which are cut at every point of an exchange (before, within and
after a login or a request, at an ack, between events, while they catch up) with FIN, RST or without a word, or taken
over by a second connection with the same token. They talk in the lobby, in rooms and to one another, send again what
was not acked, leave rooms and come back. Some read slowly, one sees everything, and six want two names in turns.

It speaks the bare protocol, and judges from outside: what was acked and lost, what was said twice, numbers that do not
rise by one, acks that stand in the wrong place, two texts under one number, gaps that are none, letters of somebody
else, words under a name that somebody else has by now, tokens that outlive a logout. It goes on until so many messages
are acked; a run in which nothing comes any more is a finding.

Exit codes: 0 all of it held, 1 something did not (the report has what came and what was before it, and the command that
plays it again), 2 bad flag or value, 3 no server, or one without rooms, direct messages or history.`

/** `pnpm resume`: clients whose connections are cut at every point, and proof that they lose nothing. */
export const resume = Command.make(
  "resume",
  {
    seconds: wholeFlag("seconds", 1, "how long at least", 60),
    acked: wholeFlag(
      "acked",
      1,
      "messages that must be acked before it may end",
      0,
      "20,000; with --nodes 500"
    ),
    seed: seedFlag,
    clients: wholeFlag(
      "clients",
      1,
      `how many, ${rivals} of them rivals for two names`,
      0,
      "50; with --nodes 18"
    ),
    size: wholeFlag("size", 1, "characters of a long message; one in thirty is long", 8_000),
    restart: wholeFlag(
      "restart",
      0,
      "kills the server of --spawn or --store about as often and starts it again; it has to keep what it acked",
      0,
      "0: never; with --store 2"
    ).pipe(Flag.withMetavar("SECONDS")),
    kills: wholeFlag(
      "kills",
      0,
      "times that the server must have been killed before it may end; with --nodes, faults that must have happened",
      0
    ),
    store: Flag.Literals("store", ["full", "normal"]).pipe(
      Flag.withDescription("our own server with a new file, and this --store-sync"),
      Flag.optional
    ),
    nodes: Flag.Int("nodes").pipe(
      Flag.filter(
        (nodes) => nodes === 0 || nodes > 1,
        () => "a whole number from 2 on"
      ),
      Flag.withDescription(
        "our own server on so many nodes, over brokers that are started as well (nats-server), and faults of both"
      ),
      Flag.withDefault(0)
    ),
    brokers: wholeFlag("brokers", 1, "with --nodes, brokers", 3),
    lease: wholeFlag("lease", 1, "with --nodes, seconds after which a silent node is taken for dead", 3),
    faults: Flag.Literals("fault", faultNames).pipe(
      Flag.withDescription(
        "with --nodes, a fault that may happen; may be repeated [default: all that the version of the brokers stands]"
      ),
      Flag.atLeast(0)
    ),
    allLong: Flag.Boolean("all-long").pipe(
      Flag.withDescription("all messages are long"),
      Flag.withDefault(false)
    ),
    readRate: wholeFlag(
      "read-rate",
      1,
      "bytes that a slow reader takes in a second; one in eight is slow",
      1_000_000
    ),
    allSlow: Flag.Boolean("all-slow").pipe(Flag.withDescription("all read slowly"), Flag.withDefault(false)),
    connect: Flag.String("connect").pipe(
      Flag.withMetavar("HOST:PORT"),
      Flag.withDescription(
        "a server that runs already, and serves nobody else; repeated for the nodes of one"
      ),
      Flag.mapTryCatch(parseAddress, (error) => (error as Error).message),
      Flag.atLeast(0)
    ),
    spawn: Flag.String("spawn").pipe(
      Flag.withMetavar("COMMAND"),
      Flag.withDescription("a server to start, with {port} for its port, instead of our own"),
      Flag.withDefault("")
    )
  },
  Effect.fnUntraced(function* ({ brokers, connect, faults, lease, nodes, restart, spawn, store, ...rest }) {
    const isStored = Option.isSome(store)
    if ([connect.length > 0, spawn !== "", isStored, nodes > 0].filter(Boolean).length > 1)
      return yield* Effect.fail(new Failure(eitherOr, exitCodes.usage))
    const restartSeconds = isStored ? restart || storedRestartSeconds : restart
    const clients = rest.clients || (nodes > 0 ? 18 : 50)
    const acked = rest.acked || (nodes > 0 ? 500 : 20_000)
    const given = { ...rest, clients, acked, restart: restartSeconds }
    if (given.clients <= rivals + 1)
      return yield* Effect.fail(new Failure(`--clients must be above ${rivals + 1}`, exitCodes.usage))
    if (restartSeconds > 0 && spawn === "" && !isStored)
      return yield* Effect.fail(new Failure(restartNeedsSpawn, exitCodes.usage))
    if (given.kills > 0 && restartSeconds === 0 && nodes === 0)
      return yield* Effect.fail(new Failure(killsNeedRestart, exitCodes.usage))
    const { readRate: bytesPerSecond, restart: _, ...settings } = given
    const to = connect.map((address) => ` --connect ${formatAddress(address)}`).join("")
    const from = spawn === "" ? "" : ` --spawn '${spawn}'`
    const on = isStored ? ` --store ${store.value}` : ""
    const over =
      nodes > 0
        ? flagsOf({ nodes, brokers, lease }) + faults.map((fault) => ` --fault ${fault}`).join("")
        : ""
    const replay = `pnpm resume${flagsOf(given)}${to}${from}${on}${over}`
    const leaseMillis = 1_000 * lease
    const endpoint =
      nodes > 0
        ? yield* clustered({
            nodes,
            brokers,
            clients,
            leaseMillis,
            faults: faults.length > 0 ? faults : yield* usualFaults
          })
        : yield* serverFor({ connect, spawn, store: Option.getOrUndefined(store), clients })
    const book = new Book()
    const more =
      nodes > 0
        ? { deafMillis: 2_000, reignMillis: 2 * leaseMillis, stallMillis: 30_000, findingsMax: 20 }
        : {}
    yield* play({ ...settings, ...pace, ...more, bytesPerSecond, restartSeconds }, endpoint, book)
    yield* Console.log(`resume, seed ${given.seed}: ${totalsText(book)}`)
    if (nodes > 0) yield* Console.log(verdictText(book))
    if (book.findings.length > 0) return yield* Effect.fail(failureOf(book, replay))
    yield* Console.log("Nothing was lost, doubled or out of order.")
  }, Effect.scoped)
).pipe(
  Command.withShortDescription("Clients that are cut off and come back, and proof that they lose nothing"),
  Command.withDescription(description),
  Command.withExamples([
    { command: "pnpm resume", description: "20,000 messages at our own server, with a new seed" },
    { command: "pnpm resume --seconds 10 --acked 1000 --seed 7", description: "a short one" },
    {
      command: "pnpm resume --clients 20 --acked 2000 --size 60000 --all-long --all-slow",
      description: "long messages and slow readers"
    },
    {
      command: "pnpm resume --nodes 3 --seconds 60",
      description: "our own server on three nodes over three brokers, and faults of both"
    },
    { command: "pnpm resume --connect :9000", description: "another server" },
    {
      command: "pnpm resume --store full --kills 30",
      description: "our own server with a file, killed thirty times"
    }
  ])
)

/** The pace of a run: slow enough for a machine that does other things, too. */
const pace = { thinkMillis: 300, stallMillis: 20_000, findingsMax: 100 }

const eitherOr = "--connect, --spawn, --store and --nodes name different servers: choose one"

/** All, but for those that would show the brokers to be wrong, and not the nodes. */
const usualFaults = Effect.suspend(() =>
  areBrokersSafe() ? Effect.succeed(faultNames) : Effect.as(Console.error(unsafeBrokers), gentleFaultNames)
)

const unsafeBrokers = `SKIPPED: leader-killed and broker-restarted, as this nats-server may lose what it acknowledged: ${safeVersion} or later does not`

const restartNeedsSpawn =
  "--restart needs --store, or --spawn with a server that keeps its messages in a file: one that it may kill"

const killsNeedRestart = "--kills needs --restart or --store: a server that it may kill"

/** Seconds between two kills of a server with a file, about. */
const storedRestartSeconds = 2

/** Flags as they are typed. */
const flagsOf = (given: Readonly<Record<string, number | boolean>>): string =>
  Object.entries(given)
    .filter(([, value]) => value !== false && value !== 0)
    .map(
      ([name, value]) =>
        ` --${name.replaceAll(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}${value === true ? "" : ` ${value}`}`
    )
    .join("")
