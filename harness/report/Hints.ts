import { constants } from "node:os"
import { isDeepStrictEqual } from "node:util"
import { valuesIn } from "../stage/Caption.ts"
import type { Finding } from "../stage/Finding.ts"
import type { Happening } from "../stage/Transcript.ts"
import type { Catalogue } from "../texts/Catalogue.ts"
import type { Outcome } from "../verdict/Outcome.ts"

/** The likeliest meaning of a failure, for whoever has to mend it. */
export const hintsOf = (outcome: Outcome, { hints }: Catalogue): ReadonlyArray<string> => {
  const { failure } = outcome
  if (failure === undefined) return []
  const { actor } = failure.finding
  const signal = signalOf(failure.crash)
  return [
    actor !== undefined && wasSentBack(outcome, failure.finding) ? hints.sentBack(actor) : undefined,
    signal === undefined ? undefined : hints.signals[signal],
    failure.lastLines.some((line) => /address already in use/i.test(line)) ? hints.addressInUse : undefined,
    outcome.nodes === undefined ? undefined : hints.oneNode([...outcome.nodes.values()][0]?.[0] ?? "")
  ].filter((text) => text !== undefined)
}

/** The signal that ended a program: a shell in between turns it into an exit code above 128. */
const signalOf = (crash: string | undefined): string | undefined => {
  const [, name, code] = /^(?:signal (SIG\w+)|exit code (\d+))$/.exec(crash ?? "") ?? []
  if (code === undefined) return name
  const signals = Object.entries(constants.signals)
  return signals.find(([, number]) => number === Number(code) - exitCodeOfSignals)?.[0]
}

const exitCodeOfSignals = 128

/** True if the object that an actor received, as the finding shows it, is a request of its own. */
const wasSentBack = ({ happenings }: Outcome, { actor, hint = "", received }: Finding): boolean => {
  const own = happenings.filter((happening) => happening.actor === actor)
  const isShown = ({ kind, text }: Happening) => kind === "received" && (received + hint).includes(text)
  const values = own.filter(isShown).map(({ value }) => value)
  const sent = own.filter(({ kind }) => kind === "sent").flatMap(({ text }) => valuesIn(Buffer.from(text)))
  return sent.some((value) => values.some((received) => isDeepStrictEqual(value, received)))
}
