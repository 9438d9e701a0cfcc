import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Console from "effect/Console"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as CliCommand from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import manifest from "../package.json" with { type: "json" }
import { Failure } from "../src/commands/Cli.ts"
import { bench } from "./Bench.ts"
import { writeDocuments } from "./Documents.ts"
import { thisMachine } from "./Machine.ts"
import { apart, modes, runOptions, peerNames, type Flags } from "./RunOptions.ts"
import { progress } from "./Progress.ts"
import { report } from "./Report.ts"
import { gaps, outcomes, type Result } from "./Result.ts"
import { sections } from "./Sections.ts"

const parameters = {
  sections: Argument.Literals(
    "section",
    sections.map(({ name }) => name)
  ).pipe(
    Argument.variadic(),
    Argument.withDescription(
      `What to measure, as listed above; everything but ${apart.join(" and ")} when nothing is named`
    )
  ),
  quick: Flag.Boolean("quick").pipe(
    Flag.withDefault(false),
    Flag.withDescription(
      "One short round against the hand-written servers, under a minute: to tune with, not to quote"
    )
  ),
  rounds: Flag.Int("rounds").pipe(
    Flag.withDescription(
      `Rounds, as far as there is time for them (default ${modes.full.rounds}, for frozen alone 15)`
    ),
    Flag.optional
  ),
  peers: Flag.String("peers").pipe(
    Flag.withDescription(
      `Servers of others to measure as well: all, none, or some of ${peerNames.join(",")}`
    ),
    Flag.optional
  ),
  json: Flag.Boolean("json").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Print all that was measured as one JSON document")
  ),
  write: Flag.Boolean("write").pipe(
    Flag.withDefault(false),
    Flag.withDescription(
      `Write docs/BENCHMARKS.md with its plot, and the headline into README.md; with the sections ${apart.join(" ")}, the figures of docs/SCALING.md`
    )
  )
}

/** `pnpm bench`: measures our server beside others, and prints or writes what came out. */
export const command = CliCommand.make(
  "bench",
  parameters,
  Effect.fnUntraced(function* (flags) {
    const result = yield* measure(flags)
    yield* Console.log(
      flags.json ? JSON.stringify({ ...result, outcomes: outcomes(result) }, undefined, 2) : report(result)
    )
    const missing = gaps(result)
    if (missing.length > 0)
      return yield* Effect.fail(
        new Failure(
          `palabre gave no figures for ${missing.join(", ")}; the notes say why.${flags.write ? " Nothing was written." : ""}`
        )
      )
    if (flags.write) yield* Console.error(`bench: ${yield* writeDocuments(result)}`)
  })
).pipe(
  CliCommand.provide(NodeFileSystem.layer),
  CliCommand.withDescription(
    [
      "Measures this server beside hand-written ones and the servers of others that are installed, in under 4 minutes.",
      "What it can measure:",
      ...sections.map(({ about, name }) => `  ${name.padEnd(10)} ${about}`)
    ].join("\n")
  ),
  CliCommand.withExamples([
    { command: "pnpm bench", description: "everything, against every server that is installed" },
    { command: "pnpm bench --quick", description: "everything, once, against the hand-written servers" },
    { command: "pnpm bench saturated login --peers redis", description: "two figures, beside Redis" },
    {
      command: "pnpm bench --write",
      description: "measures, and writes docs/BENCHMARKS.md and the README's headline"
    },
    {
      command: `pnpm bench ${apart.join(" ")} --write`,
      description: "several servers over NATS JetStream, and the figures of docs/SCALING.md"
    }
  ])
)

const measure = Effect.fnUntraced(function* (flags: Flags) {
  if (process.platform !== "linux")
    return yield* Effect.fail(new Failure("The load generator needs Linux: it is made of epoll and /proc."))
  const options = yield* Effect.fromResult(runOptions(flags))
  const line = progress(process.stderr)
  const measured = yield* bench(options, line.show).pipe(
    Effect.ensuring(Effect.sync(line.clear)),
    Effect.catchTag("Missing", ({ reason }) =>
      Effect.fail(
        new Failure(
          `There is no load generator: ${reason}. It is compiled on the spot: install g++ (apt-get install g++).`
        )
      )
    )
  )
  return {
    date: DateTime.formatIso(yield* DateTime.now),
    version: manifest.version,
    machine: thisMachine(),
    quick: flags.quick,
    sections: options.sections.map(({ about, figures, name }) => ({ name, about, figures })),
    ...measured
  } satisfies Result
})
