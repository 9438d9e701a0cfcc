import * as fc from "fast-check"
import { type Doorstep, doorsteps } from "./HandshakeStall.ts"
import { mutation, noise } from "./Mutation.ts"
import { content, cuts, hand, heaviest, heavy, id, write } from "./Traffic.ts"

/** One thing that a rude client does. */
export type Rudeness =
  | { readonly does: "write"; readonly bytes: Buffer; readonly cuts: ReadonlyArray<number> }
  | { readonly does: "wait"; readonly millis: number }
  | { readonly does: "stopReading" | "readAgain" | "halfClose" }

/** How it goes: by FIN, by RST, by neither until the server ends it, or frozen: it reads nothing for so long. */
export type Going =
  | { readonly by: "fin" | "rst" }
  | { readonly by: "waiting" | "freezing"; readonly millis: number }

/** What a rude client does on one connection, or with several at once. */
export type Episode =
  | { readonly kind: "alone"; readonly acts: ReadonlyArray<Rudeness>; readonly going: Going }
  /** So many connections want one name in the same moment. */
  | { readonly kind: "storm"; readonly size: number; readonly goings: ReadonlyArray<Going> }
  /** So many log in under names of their own, speak once, and go. */
  | {
      readonly kind: "crowd"
      readonly size: number
      readonly watches: boolean
      readonly goings: ReadonlyArray<Going>
    }
  /** So many send what is hard to read in the same moment: what is slow for one is slower for all. */
  | { readonly kind: "burden"; readonly size: number; readonly text: string }
  /** One sends an object that does not end: more than any server may keep. */
  | { readonly kind: "endless"; readonly start: string; readonly unit: string }
  /** One reads nothing while another one says more than may wait for it. */
  | { readonly kind: "mute"; readonly bytes: number }
  /** One comes to a TLS port and does not shake hands. */
  | { readonly kind: "doorstep"; readonly way: Doorstep; readonly millis: number }

/** The most connections that an episode other than a crowd has at once. */
export const togetherMax = 30

const going = (freezeMillis: number): fc.Arbitrary<Going> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ by: fc.constantFrom("fin", "rst") }) },
    { weight: 2, arbitrary: fc.record({ by: fc.constant("waiting"), millis: fc.nat(300) }) },
    { weight: 1, arbitrary: fc.record({ by: fc.constant("freezing"), millis: fc.nat(freezeMillis) }) }
  )

/** A valid request of someone who may take `names`. */
const request = (names: ReadonlyArray<string>) => {
  const username = fc.constantFrom(...names)
  return fc.oneof(
    fc.record({ type: fc.constant("login"), username, id }),
    fc.record({
      type: fc.constant("login"),
      username,
      features: fc.array(fc.constantFrom("presence", "x"), { maxLength: 3 })
    }),
    fc.record({ type: fc.constant("message"), content, id }),
    fc.record({ type: fc.constant("message"), username, content }),
    {
      weight: 1,
      arbitrary: heavy.chain((text) =>
        fc.constantFrom<object>(
          { type: "login", username: text },
          { type: "message", username: text, content: "x" },
          { type: "message", content: text }
        )
      )
    },
    fc.record({ type: fc.constantFrom("list", "ping", "list", "ping", "logout"), id })
  )
}

/** Valid traffic, and what mutations made of it. */
const bytes = (names: ReadonlyArray<string>): fc.Arbitrary<Buffer> => {
  const login = fc.record({ type: fc.constant("login"), username: fc.constantFrom(...names) })
  const valid = fc
    .tuple(login, fc.array(request(names), { maxLength: 12 }), hand)
    .map(([first, more, how]) => write([first, ...more], how))
  const mutated = fc
    .tuple(valid, fc.array(mutation, { minLength: 1, maxLength: 4 }))
    .map(([base, mutations]) => mutations.reduce((changed, mutate) => mutate(changed), base))
  return fc.oneof(
    { weight: 2, arbitrary: valid },
    { weight: 6, arbitrary: mutated },
    { weight: 2, arbitrary: noise }
  )
}

const rudeness = (names: ReadonlyArray<string>): fc.Arbitrary<Rudeness> =>
  fc.oneof(
    { weight: 12, arbitrary: fc.record({ does: fc.constant("write"), bytes: bytes(names), cuts }) },
    { weight: 3, arbitrary: fc.record({ does: fc.constant("wait"), millis: fc.nat(30) }) },
    { weight: 2, arbitrary: fc.record({ does: fc.constantFrom("stopReading", "readAgain") }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant("halfClose") }) }
  )

const endless = fc.record({
  kind: fc.constant("endless"),
  start: fc.constantFrom('{"type":"message","content":"', '{"type":"message","content":', '{"'),
  unit: fc.constantFrom("x", "é", "[", "0")
})

/** Few and long, or many and short. */
const mute = fc.record({ kind: fc.constant("mute"), bytes: fc.constantFrom(8_000, 60_000) })

/** What is tried in every party at our own server, to its end, and not left to chance. */
export const greediest: ReadonlyArray<Episode> = [
  { kind: "burden", size: togetherMax, text: heaviest },
  { kind: "endless", start: '{"type":"message","content":"', unit: "x" },
  { kind: "mute", bytes: 60_000 }
]

/** How much is how rude. */
export interface Manners {
  /** Names that a rude client tries to take; who holds one keeps it. */
  readonly names: ReadonlyArray<string>
  /** How long a frozen client stays. */
  readonly freezeMillis: number
  /** The largest crowd, or none where 0. */
  readonly crowdMax: number
  /** Whether the server's limits are known. */
  readonly isOurs: boolean
  readonly isTls: boolean
}

/** What a rude client may do next. */
export const episode = ({ crowdMax, freezeMillis, isOurs, isTls, names }: Manners): fc.Arbitrary<Episode> => {
  const goings = fc.array(going(freezeMillis), { minLength: 1, maxLength: 8 })
  return fc.oneof(
    {
      weight: 40,
      arbitrary: fc.record({
        kind: fc.constant("alone"),
        acts: fc.array(rudeness(names), { minLength: 1, maxLength: 8 }),
        going: going(freezeMillis)
      })
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("storm"),
        size: fc.integer({ min: 2, max: togetherMax }),
        goings
      })
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant("burden"), size: fc.constant(togetherMax), text: heavy })
    },
    { weight: isOurs ? 1 : 0, arbitrary: fc.oneof(endless, mute) },
    {
      weight: isTls ? 10 : 0,
      arbitrary: fc.record({
        kind: fc.constant("doorstep"),
        way: fc.constantFrom(...doorsteps),
        millis: fc.nat(freezeMillis)
      })
    },
    {
      weight: crowdMax > 0 ? 1 : 0,
      arbitrary: fc.record({
        kind: fc.constant("crowd"),
        size: fc.integer({ min: 1, max: Math.max(1, crowdMax) }),
        watches: fc.boolean(),
        goings
      })
    }
  )
}
