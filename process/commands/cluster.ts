import { spawn } from "node:child_process"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { exitCodes, Failure } from "../../src/commands/Cli.ts"
import { formatAddress } from "../../src/net/Address.ts"
import { notStartedText, startCluster, streamName } from "../Cluster.ts"
import { storeOf } from "../Brokers.ts"
import { wholeFlag } from "./wholeFlag.ts"

const description = `Starts brokers (nats-server) and our own server on several nodes that are one chat, on loopback and in folders that are
removed at the end. Runs a command beside them, in which {connect} stands for the addresses of all nodes (A,B,C) and {0},
{1}, … for those of single ones; or, without a command, prints the addresses and goes on until Ctrl-C.

Exit codes: that of the command, 2 bad flag or value, 3 it cannot be started.`

/** `pnpm cluster`: several nodes that are one chat, and a command that runs beside them. */
export const cluster = Command.make(
  "cluster",
  {
    nodes: wholeFlag("nodes", 1, "servers", 3),
    brokers: wholeFlag("brokers", 1, "brokers: 1, or 3 that each have a copy of the log", 3),
    basePort: Flag.Int("base-port").pipe(
      Flag.withMetavar("PORT"),
      Flag.withDescription("the first of the ports: nodes first, then brokers [default: free ports]"),
      Flag.optional
    ),
    late: wholeFlag(
      "late",
      0,
      "milliseconds by which the second node hears from the brokers later than the others, so that it shows if one answers from what it knows alone",
      0
    ).pipe(Flag.withMetavar("MS")),
    serve: Flag.String("serve").pipe(
      Flag.withMetavar("FLAGS"),
      Flag.withDescription("more flags for each node, such as --serve='--lease 3s --history 1000'"),
      Flag.withDefault("")
    ),
    command: Argument.String("COMMAND").pipe(
      Argument.withDescription("a program and its arguments, after --"),
      Argument.variadic()
    )
  },
  Effect.fnUntraced(function* ({ basePort, brokers, command, late, nodes, serve }) {
    const started = yield* startCluster({
      brokers,
      nodes,
      lateMillis: late,
      basePort: Option.getOrUndefined(basePort),
      flags: serve.split(" ").filter((flag) => flag !== "")
    }).pipe(Effect.mapError((error) => new Failure(notStartedText(error), cannotStartCode)))
    const addresses = started.nodes.map(({ address }) => formatAddress(address))
    if (command.length > 0) return yield* runWith(command.map((word) => filled(word, addresses)))
    const store = storeOf(started.brokers.map(({ port }) => port))
    yield* Console.log(`nodes: ${addresses.join(",")}\nlog: --store ${store} --store-name ${streamName}`)
    return yield* Effect.never
  }, Effect.scoped)
).pipe(
  Command.withShortDescription("Several nodes that are one chat, and a command that runs beside them"),
  Command.withDescription(description),
  Command.withExamples([
    { command: "pnpm cluster", description: "three nodes over three brokers, until Ctrl-C" },
    {
      command: "pnpm cluster --brokers 1 --serve='--lease 3s' -- pnpm scenario --connect {connect}",
      description: "the scenarios, with the cast spread over three nodes"
    }
  ])
)

const filled = (word: string, addresses: ReadonlyArray<string>): string =>
  word.replaceAll(/\{(connect|\d+)\}/g, (whole, which: string) =>
    which === "connect" ? addresses.join(",") : (addresses[Number(which)] ?? whole)
  )

/** Runs a program with the terminal of this one; ends with its exit code. */
const runWith = ([program = "", ...args]: ReadonlyArray<string>): Effect.Effect<void, Failure> =>
  Effect.callback((resume) => {
    const child = spawn(program, args, { stdio: "inherit" })
    child.on("error", ({ message }) =>
      resume(Effect.fail(new Failure(`the command cannot be run: ${message}`, exitCodes.usage)))
    )
    child.on("exit", (code) =>
      resume(code === 0 ? Effect.void : Effect.fail(new Failure("", code ?? exitCodes.failed)))
    )
    return Effect.sync(() => child.kill())
  })

const cannotStartCode = 3
