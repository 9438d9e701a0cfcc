import * as Effect from "effect/Effect"
import type { Shard } from "../harness/scenario/Selection.ts"
import { exitCodes, Failure } from "../src/commands/Cli.ts"
import { type ClientFault, clientFaults } from "./client/Faults.ts"
import { type ClientVariant, clientVariants } from "./client/Variants.ts"
import type { Fault } from "./Fault.ts"
import { faults } from "./Faults.ts"
import { type Pair, pairsOf, pairsToShow } from "./Pairs.ts"
import { type Variant, variants } from "./Variants.ts"

/** The servers to judge, beside the base. */
export interface Choice {
  /** True if the base is one of those asked for, not only the measure of what can be shown to the others. */
  readonly asksForBase: boolean
  readonly variants: ReadonlyArray<Variant>
  readonly faults: ReadonlyArray<Fault>
  readonly pairs: ReadonlyArray<Pair>
  /** Pairs to go through until so many of them are judged. */
  readonly morePairs: ReadonlyArray<Pair>
  readonly morePairsWanted: number
  readonly clients: ReadonlyArray<ClientRow>
}

/** A client to judge: a fault, or a variant. */
export type ClientRow = ClientFault | ClientVariant

/** All servers, with as many pairs as are wanted, in the order of the seed. */
export const all = (pairs: number, seed: number): Choice => ({
  asksForBase: true,
  variants,
  faults,
  pairs: pairs === 0 ? [] : pairsToShow,
  morePairs: pairs === 0 ? [] : pairsOf(seed),
  morePairsWanted: pairs,
  clients
})

const clients: ReadonlyArray<ClientRow> = [...clientFaults, ...clientVariants]

/** The faults and variants that are named; a pair of faults is named `A+B`. */
export const named = (names: ReadonlyArray<string>): Effect.Effect<Choice, Failure> => {
  const pairs = names.filter((name) => name.includes("+")).map((name) => name.split("+"))
  const single = names.filter((name) => !name.includes("+"))
  const unknown =
    single.find((name) => ![...variants, ...faults, ...clients].some((row) => row.name === name)) ??
    pairs.flat().find((name) => !faults.some((fault) => fault.name === name)) ??
    pairs.find(({ length }) => length > 2)?.join("+")
  if (unknown !== undefined)
    return Effect.fail(
      new Failure(
        `unknown fault or variant "${unknown}"; mutants/serve.ts --list prints them all`,
        exitCodes.usage
      )
    )
  return Effect.succeed({
    asksForBase: false,
    variants: variants.filter(({ name }) => single.includes(name)),
    faults: faults.filter(({ name }) => single.includes(name)),
    pairs: pairs.map(([one = "", other = ""]): Pair => [fault(one), fault(other)]),
    morePairs: [],
    morePairsWanted: 0,
    clients: clients.filter(({ name }) => single.includes(name))
  })
}

const fault = (name: string): Fault => faults.find((fault) => fault.name === name)!

/** The part of a choice that a shard judges. */
export const shardOf = (choice: Choice, { count, index }: Shard): Choice => {
  const part = <A>(list: ReadonlyArray<A>) => list.filter((_, at) => at % count === index - 1)
  return {
    asksForBase: choice.asksForBase,
    variants: part(choice.variants),
    faults: part(choice.faults),
    pairs: part(choice.pairs),
    morePairs: part(choice.morePairs),
    morePairsWanted: Math.ceil(choice.morePairsWanted / count),
    clients: part(choice.clients)
  }
}
