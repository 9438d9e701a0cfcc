import { enableCompileCache } from "node:module"
import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Option from "effect/Option"
import { selectionFlags } from "../harness/commands/flags.ts"
import { clientsFolder, loadScenarios } from "../harness/scenario/Files.ts"
import type { Scenario } from "../harness/scenario/Scenario.ts"
import { exitCodes, Failure, runMain } from "../src/commands/Cli.ts"
import { shuffled } from "./Pairs.ts"
import { all, type Choice, named, shardOf } from "./Choice.ts"
import { proveChaos } from "./Chaos.ts"
import { proveClients } from "./ProveClients.ts"
import { proveAll } from "./ProveAll.ts"
import { clausesWithoutProof, type ProofSettings } from "./Proof.ts"
import { print } from "./Report.ts"

/** The scenarios of other clauses that `--quick` shows to each server. */
const quickNeighbours = 10

const number = (name: string, fallback: number, description: string) =>
  Flag.Int(name).pipe(Flag.withDescription(description), Flag.withDefault(fallback))

const config = {
  names: Argument.String("name").pipe(
    Argument.withDescription("faults, variants and pairs of faults (A+B) to judge; all when none is named"),
    Argument.variadic()
  ),
  quick: Flag.Boolean("quick").pipe(
    Flag.withDescription(
      `plays each scenario once, and shows each server those of its clauses and ${quickNeighbours} others; no pairs`
    ),
    Flag.withDefault(false)
  ),
  pairs: number("pairs", 60, "pairs of faults to judge as well, chosen by the seed, when nothing is named"),
  seed: number("seed", 1, "chooses the pairs, and the other scenarios of --quick"),
  shard: selectionFlags.shard,
  chaos: Flag.Boolean("chaos").pipe(
    Flag.withDescription("only the proof of what `pnpm scenario --chaos` makes of the scenarios"),
    Flag.withDefault(false)
  ),
  runs: number("runs", 3, "times in a row that a correct server must pass, and that a fault must be caught"),
  jobs: number("jobs", 24, "servers judged at a time; most of them wait"),
  minutes: number("minutes", 45, "give up after this time"),
  timeoutScale: Flag.Finite("timeout-scale").pipe(
    Flag.withDescription("multiplies every bound, for slow machines"),
    Flag.withDefault(1)
  )
}

const mutants = Command.make("mutants", config, (input) =>
  Effect.gen(function* () {
    const { jobs, minutes, names, quick, runs, seed, shard, timeoutScale: timeScale } = input
    if (Math.min(jobs, minutes, runs, timeScale) <= 0 || input.pairs < 0)
      return yield* Effect.fail(
        new Failure(
          "--runs, --jobs, --minutes and --timeout-scale must be above 0, --pairs 0 or more",
          exitCodes.usage
        )
      )
    const asked = names.length > 0 ? yield* named(names) : all(quick ? 0 : input.pairs, seed)
    const choice = Option.match(shard, { onNone: () => asked, onSome: (shard) => shardOf(asked, shard) })
    const isWhole = names.length === 0 && !input.chaos && Option.isNone(shard)
    const [scenarios = [], clientScenarios = []] = yield* Effect.catchTag(
      Effect.all([loadScenarios([]), loadScenarios([clientsFolder()])]),
      "FileInvalid",
      ({ mistakes }) =>
        Effect.fail(new Failure(`${mistakes.length} mistakes in scenarios/: see pnpm scenario check`))
    )
    const settings: ProofSettings = quick
      ? { jobs, runs: 1, timeScale, neighboursOf: someOf(seed) }
      : { jobs, runs, timeScale }
    const prove =
      input.chaos || !hasServers(choice) ? Effect.succeed([]) : proveAll(choice, scenarios, settings)
    const judgements = yield* Effect.all([
      prove,
      hasServers(choice) ? Effect.suspend(() => proveChaos(choice, scenarios, settings)) : Effect.succeed([]),
      input.chaos
        ? Effect.succeed([])
        : Effect.suspend(() => proveClients(choice.clients, clientScenarios, settings))
    ]).pipe(
      Effect.map((parts) => parts.flat()),
      Effect.timeoutOrElse({
        duration: minutes * 60_000,
        orElse: () => Effect.fail(new Failure(`not finished within ${minutes} minutes`))
      })
    )
    const wrong = judgements.filter(({ complaints }) => complaints.length > 0)
    const unproved = isWhole ? clausesWithoutProof(judgements) : []
    for (const clause of unproved) print(`WRONG  ${clause}: no fault was caught by a scenario that blames it`)
    print(`${judgements.length - wrong.length} programs judged correctly, ${wrong.length} wrongly`)
    if (wrong.length > 0) print(`wrongly: ${wrong.map(({ name }) => name).join(" ")}`)
    if (wrong.length + unproved.length > 0)
      return yield* Effect.fail(new Failure("the scenarios do not prove what they say"))
  })
).pipe(
  Command.withDescription(
    "Proves the scenarios: plays them against servers and clients that are wrong on purpose, and against correct ones that differ"
  )
)

/** True if there is more to judge than clients. */
const hasServers = ({ clients, faults, pairs, variants }: Choice): boolean =>
  clients.length === 0 || faults.length + pairs.length + variants.length > 0

const someOf = (seed: number) => (name: string, scenarios: ReadonlyArray<Scenario>) =>
  shuffled(scenarios, `${seed} ${name}`).slice(0, quickNeighbours)

enableCompileCache()
process.env["NODE_COMPILE_CACHE"] ??= "node_modules/.cache/mutants"
runMain(mutants, process.argv.slice(2))
