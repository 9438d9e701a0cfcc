import { enableCompileCache } from "node:module"
import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { exitCodes, Failure, runMain } from "../src/commands/Cli.ts"
import { loadScenarios } from "../harness/scenario/Files.ts"
import type { Scenario } from "../harness/scenario/Scenario.ts"
import { nameOf } from "../harness/scenario/Name.ts"
import { faults } from "./Faults.ts"
import {
  clausesWithoutProof,
  isCaught,
  isCaughtFor,
  judgeBase,
  judgeFault,
  judgeVariant,
  type Judgement,
  type ProofSettings
} from "./Proof.ts"
import { variants } from "./Variants.ts"

const config = {
  names: Argument.String("name").pipe(
    Argument.withDescription("faults and variants to judge; all of them when none is named"),
    Argument.variadic()
  ),
  runs: Flag.Int("runs").pipe(
    Flag.withDescription("failures in a row after which a scenario counts as failing"),
    Flag.withDefault(3)
  ),
  jobs: Flag.Int("jobs").pipe(Flag.withDescription("servers judged at a time"), Flag.withDefault(2)),
  full: Flag.Boolean("full").pipe(
    Flag.withDescription("also show the faults that break no must to every must scenario"),
    Flag.withDefault(false)
  ),
  minutes: Flag.Int("minutes").pipe(Flag.withDescription("give up after this time"), Flag.withDefault(45)),
  timeoutScale: Flag.Finite("timeout-scale").pipe(
    Flag.withDescription("multiplies every bound, for slow machines"),
    Flag.withDefault(1)
  )
}

const mutants = Command.make("mutants", config, (input) =>
  Effect.gen(function* () {
    const scenarios = yield* Effect.catchTag(loadScenarios([]), "FileInvalid", ({ mistakes }) =>
      Effect.fail(new Failure(`${mistakes.length} mistakes in scenarios/: see pnpm scenario check`))
    )
    const { jobs, minutes, runs, timeoutScale: timeScale } = input
    if (Math.min(jobs, minutes, runs, timeScale) <= 0)
      return yield* Effect.fail(
        new Failure("--runs, --jobs, --minutes and --timeout-scale must be above 0", exitCodes.usage)
      )
    const settings = { jobs, runs, timeScale, isFull: input.full }
    const judgements = yield* judgeAll(scenarios, input.names, settings).pipe(
      Effect.timeoutOrElse({
        duration: minutes * 60_000,
        orElse: () => Effect.fail(new Failure(`not finished within ${minutes} minutes`))
      })
    )
    const wrong = judgements.filter(({ complaints }) => complaints.length > 0)
    const unproved = input.names.length === 0 ? clausesWithoutProof(judgements) : []
    for (const clause of unproved) print(`WRONG  ${clause}: no fault was caught by a scenario that blames it`)
    print(`${judgements.length - wrong.length} servers judged correctly, ${wrong.length} wrongly`)
    if (wrong.length > 0) print(`wrongly: ${wrong.map(({ name }) => name).join(" ")}`)
    if (wrong.length + unproved.length > 0)
      return yield* Effect.fail(new Failure("the scenarios do not prove what they say"))
  })
).pipe(
  Command.withDescription(
    "Proves the scenarios: plays them against servers that are wrong on purpose, and against correct ones that differ"
  )
)

/** First the base, whose failures would spoil all the rest, then every other server. */
const judgeAll = Effect.fnUntraced(function* (
  scenarios: ReadonlyArray<Scenario>,
  names: ReadonlyArray<string>,
  settings: ProofSettings
) {
  const known = new Set([...variants, ...faults].map(({ name }) => name))
  const unknown = names.find((name) => !known.has(name))
  if (unknown !== undefined)
    return yield* Effect.fail(
      new Failure(
        `unknown fault or variant "${unknown}"; mutants/serve.ts --list prints them all`,
        exitCodes.usage
      )
    )
  const isAsked = ({ name }: { readonly name: string }) => names.length === 0 || names.includes(name)
  const base = yield* judgeBase(scenarios, settings)
  report(base)
  const passing = base.findings.flatMap(({ scenario, verdict }) => (verdict === "passed" ? [scenario] : []))
  const rest = yield* Effect.forEach(
    [
      ...variants.filter(isAsked).map((variant) => judgeVariant(variant, passing, settings)),
      ...faults.filter(isAsked).map((fault) => judgeFault(fault, passing, settings))
    ],
    Effect.tap((judgement) => Effect.sync(() => report(judgement))),
    { concurrency: settings.jobs }
  )
  return [base, ...rest]
})

/** One row of the table: a server, its clauses, and the scenarios that caught it (in brackets: for another clause). */
const report = ({ clauses, complaints, findings, kind, name }: Judgement): void => {
  const caught = findings
    .filter(isCaught)
    .map((finding) => {
      const scenario = nameOf(finding.scenario.file)
      return isCaughtFor(finding, clauses) ? scenario : `(${scenario})`
    })
    .join(" ")
  const verdict = complaints.length === 0 ? "ok   " : "WRONG"
  const what = kind === "fault" ? `${clauses.join(" ")}  ${caught}` : `${findings.length} scenarios`
  print(`${verdict}  ${kind.padEnd(7)}  ${name.padEnd(29)}  ${what}`)
  for (const complaint of complaints) print(`       ${complaint}`)
}

const print = (line: string): void => void process.stdout.write(`${line}\n`)

enableCompileCache()
process.env["NODE_COMPILE_CACHE"] ??= "node_modules/.cache/mutants"
runMain(mutants, process.argv.slice(2))
