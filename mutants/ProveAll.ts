import * as Effect from "effect/Effect"
import type { Scenario } from "../harness/scenario/Scenario.ts"
import type { Choice } from "./Choice.ts"
import type { Fault } from "./Fault.ts"
import { type Pair, whyHidden } from "./Pairs.ts"
import { judgeBase, judgeFaults, type Judgement, judgeVariant, type ProofSettings } from "./Proof.ts"
import { print, report } from "./Report.ts"

/** First the base, whose failures would spoil all the rest, then every other server, then the pairs. */
export const proveAll = Effect.fnUntraced(function* (
  choice: Choice,
  scenarios: ReadonlyArray<Scenario>,
  settings: ProofSettings
) {
  const judgements: Array<Judgement> = []
  const tell = (judgement: Judgement) =>
    Effect.sync(() => {
      judgements.push(judgement)
      report(judgement)
    })
  const base = yield* judgeBase(scenarios, choice.asksForBase ? settings : { ...settings, runs: 1 })
  yield* tell(base)
  const passing = base.findings.flatMap(({ scenario, verdict }) => (verdict === "passed" ? [scenario] : []))

  const alone = new Map<Fault, Effect.Effect<Judgement>>()
  /** What comes of a fault alone, found out once. */
  const aloneOf = (fault: Fault): Effect.Effect<Judgement> =>
    Effect.suspend(() => {
      const known = alone.get(fault)
      if (known !== undefined) return known
      return Effect.flatMap(Effect.cached(judgeFaults([fault], passing, settings)), (judging) => {
        alone.set(fault, judging)
        return judging
      })
    })

  const servers = [
    ...choice.faults.map(aloneOf),
    ...choice.variants.map((variant) => judgeVariant(variant, passing, settings))
  ]
  yield* Effect.forEach(servers, (judging) => Effect.flatMap(judging, tell), {
    concurrency: settings.jobs,
    discard: true
  })

  /** Judges a pair, or tells why it cannot show both faults: whether it was judged. */
  const judgePair = Effect.fnUntraced(function* (pair: Pair) {
    const why = yield* whyHidden(pair, aloneOf, settings)
    if (why !== undefined)
      print(`       pair     ${pair.map(({ name }) => name).join("+")}  left out: ${why}`)
    else yield* tell(yield* judgeFaults(pair, passing, settings))
    return why === undefined
  })
  yield* Effect.forEach(choice.pairs, judgePair, { concurrency: settings.jobs, discard: true })
  const more = choice.morePairs[Symbol.iterator]()
  let wanted = choice.morePairsWanted
  const judgeMore = Effect.gen(function* () {
    while (wanted > 0) {
      const { done, value: pair } = more.next()
      if (done === true) return
      wanted--
      if (!(yield* judgePair(pair))) wanted++
    }
  })
  yield* Effect.forEach(Array.from({ length: settings.jobs }), () => judgeMore, {
    concurrency: settings.jobs,
    discard: true
  })
  return judgements
})
