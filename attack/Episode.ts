import * as fc from "fast-check"
import { type HandshakeStall, handshakeStalls } from "./HandshakeStall.ts"
import { mutation, noise } from "./Mutation.ts"
import { rudeness, type Rudeness } from "./RudeWeb.ts"
import { content, cuts, encoding, heaviest, heavy, id, write } from "./Traffic.ts"

/** One action of a hostile client. */
export type HostileAct =
  | { readonly does: "write"; readonly bytes: Buffer; readonly cuts: ReadonlyArray<number> }
  | { readonly does: "wait"; readonly millis: number }
  | { readonly does: "stopReading" | "readAgain" | "halfClose" }

/** The way it leaves: FIN, RST, neither until the server ends it, or frozen, reading nothing for so long. */
export type Disconnect =
  | { readonly by: "fin" | "rst" }
  | { readonly by: "waiting" | "freezing"; readonly millis: number }

/** The actions of a hostile client on one connection, or on several at once. */
export type Episode =
  | { readonly kind: "alone"; readonly acts: ReadonlyArray<HostileAct>; readonly disconnect: Disconnect }
  /** So many connections ask for one name at the same moment. */
  | { readonly kind: "storm"; readonly size: number; readonly disconnects: ReadonlyArray<Disconnect> }
  /** So many log in under names of their own, say one thing each, and leave. */
  | {
      readonly kind: "crowd"
      readonly size: number
      readonly watches: boolean
      readonly disconnects: ReadonlyArray<Disconnect>
    }
  /** So many send what is slow to read at the same moment. */
  | { readonly kind: "burden"; readonly size: number; readonly text: string }
  /** One sends an object that does not end: more than any server may keep. */
  | { readonly kind: "endless"; readonly start: string; readonly unit: string }
  /** One reads nothing while another says more than may wait for it. */
  | { readonly kind: "slow-reader"; readonly bytes: number }
  /** One reads steadily, a megabyte a second, while others speak as fast as they may. */
  | { readonly kind: "steady-reader"; readonly bytes: number; readonly millis: number }
  /** One connects to a TLS port and does not finish the handshake. */
  | { readonly kind: "handshake-stall"; readonly way: HandshakeStall; readonly millis: number }
  /** One misuses a WebSocket, and may read nothing of what comes. */
  | {
      readonly kind: "rude-web"
      readonly way: Rudeness
      readonly isDeaf: boolean
      readonly millis: number
    }

/** The episodes of one kind. */
export type Kind<Name extends Episode["kind"]> = Extract<Episode, { readonly kind: Name }>

/** The most connections that an episode other than a crowd has at once. */
export const togetherMax = 30

const disconnect = (freezeMillis: number): fc.Arbitrary<Disconnect> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ by: fc.constantFrom("fin", "rst") }) },
    { weight: 2, arbitrary: fc.record({ by: fc.constant("waiting"), millis: fc.nat(300) }) },
    { weight: 1, arbitrary: fc.record({ by: fc.constant("freezing"), millis: fc.nat(freezeMillis) }) }
  )

/** A valid request of a client that tries these names. */
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
    .tuple(login, fc.array(request(names), { maxLength: 12 }), encoding)
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

const hostileAct = (names: ReadonlyArray<string>): fc.Arbitrary<HostileAct> =>
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
const slowReader = fc.record({ kind: fc.constant("slow-reader"), bytes: fc.constantFrom(8_000, 60_000) })

const steadyReader = fc.record({
  kind: fc.constant("steady-reader"),
  bytes: fc.constantFrom(100, 60_000),
  millis: fc.integer({ min: 1_000, max: 4_000 })
})

/** The episodes that every run at our own server plays to their end, whatever is drawn. */
export const greediest: ReadonlyArray<Episode> = [
  { kind: "burden", size: togetherMax, text: heaviest },
  { kind: "endless", start: '{"type":"message","content":"', unit: "x" },
  { kind: "slow-reader", bytes: 60_000 },
  { kind: "steady-reader", bytes: 60_000, millis: 3_000 }
]

/** Bounds of what a hostile client does. */
export interface EpisodeOptions {
  /** Names that a hostile client tries to take; their holders keep them. */
  readonly names: ReadonlyArray<string>
  /** The longest time that a frozen client stays. */
  readonly freezeMillis: number
  /** The largest crowd; 0 for none. */
  readonly crowdMax: number
  /** Our own server: its limits are known. */
  readonly isOurs: boolean
  readonly isTls: boolean
  /** True if it serves WebSockets, too. */
  readonly hasWeb: boolean
}

/** Draws an episode of a hostile client. */
export const episode = ({
  crowdMax,
  freezeMillis,
  hasWeb,
  isOurs,
  isTls,
  names
}: EpisodeOptions): fc.Arbitrary<Episode> => {
  const disconnects = fc.array(disconnect(freezeMillis), { minLength: 1, maxLength: 8 })
  return fc.oneof(
    {
      weight: 40,
      arbitrary: fc.record({
        kind: fc.constant("alone"),
        acts: fc.array(hostileAct(names), { minLength: 1, maxLength: 8 }),
        disconnect: disconnect(freezeMillis)
      })
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("storm"),
        size: fc.integer({ min: 2, max: togetherMax }),
        disconnects
      })
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant("burden"), size: fc.constant(togetherMax), text: heavy })
    },
    { weight: isOurs ? 1 : 0, arbitrary: fc.oneof(endless, slowReader, steadyReader) },
    {
      weight: isTls ? 10 : 0,
      arbitrary: fc.record({
        kind: fc.constant("handshake-stall"),
        way: fc.constantFrom(...handshakeStalls),
        millis: fc.nat(freezeMillis)
      })
    },
    {
      weight: hasWeb ? 10 : 0,
      arbitrary: fc.record({
        kind: fc.constant("rude-web"),
        way: fc.constantFrom(...rudeness),
        isDeaf: fc.boolean(),
        millis: fc.nat(freezeMillis)
      })
    },
    {
      weight: crowdMax > 0 ? 1 : 0,
      arbitrary: fc.record({
        kind: fc.constant("crowd"),
        size: fc.integer({ min: 1, max: Math.max(1, crowdMax) }),
        watches: fc.boolean(),
        disconnects
      })
    }
  )
}
