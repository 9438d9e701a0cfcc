import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { type Chat, type Figures, inChat, type Venue } from "./Chat.ts"
import { episode, greediest, togetherMax } from "./Episode.ts"
import { type Act, type Departure, Polite } from "./ConformingClient.ts"
import { playEpisode } from "./HostileClient.ts"
import { draw, type Seed } from "./Seed.ts"
import type { CannotConnect } from "./Sockets.ts"
import { cuts, hand, type Wish, wishOf } from "./Traffic.ts"
import { Violation } from "./Violation.ts"

/** How a party goes. It lasts until one of the two limits is reached. */
export interface Invitation extends Venue {
  readonly seed: Seed
  readonly millisMax: number
  /** Episodes of each rude client, and logins of each polite one that comes and goes. */
  readonly episodesMax: number
  /** The largest crowd that a rude client brings, or 0 for none. */
  readonly crowdMax: number
  /** How long a frozen client stays. */
  readonly freezeMillis: number
  /** Whether it is our own server, whose limits are known: what they bound is tried too. */
  readonly isOurs: boolean
  readonly figures: Figures
}

/**
 * Ten polite clients in conversation while ten rude ones do what they can; when it is over, all have left. It fails
 * with the first thing that the server did wrong to a polite one.
 */
export const party = (invitation: Invitation) =>
  inChat(invitation, [...residents, ...travellers], invitation.figures, (chat) =>
    Effect.gen(function* () {
      const endsAtMillis = (yield* Clock.currentTimeMillis) + invitation.millisMax
      const isOver = Effect.map(Clock.currentTimeMillis, (nowMillis) => nowMillis >= endsAtMillis)
      const host: Host = { ...invitation, chat, isOver }
      const politeOf = (name: string) => new Polite(chat.speakers.get(name)!, chat)
      const staying = residents.map(politeOf)
      for (const polite of staying) {
        yield* polite.login()
        yield* polite.fence() // the witness learns who is there before anyone comes or goes
      }
      yield* together([
        ...staying.map((polite) => stay(polite, host)),
        ...travellers.map((name) => comeAndGo(politeOf(name), host)),
        ...rudeNames.map((name) => misbehave(name, host)),
        ...(host.isOurs ? greediest : []).map((episode, i) => playEpisode(chat, `greedy-${i}`, 0, episode))
      ])
      yield* together(staying.map((polite) => polite.fence()))
      yield* together(staying.map((polite) => polite.leave("logout")))
      const [unmatched] = chat.order.unmatched
      if (unmatched !== undefined) return yield* moreThanTheWitness(chat.witness.name, unmatched)
    })
  )

interface Host extends Invitation {
  readonly chat: Chat
  readonly isOver: Effect.Effect<boolean>
}

const moreThanTheWitness = (who: string, name: string): Violation =>
  new Violation({ clause: "MSG-5", who, expected: `all that ${name} heard`, received: "less", trace: [] })

/** How many seats a party takes at most: one for each client at once, and some for those the server has not seen go. */
export const seatsFor = (crowdMax: number): number =>
  residents.length +
  travellers.length +
  rudeNames.length * Math.max(togetherMax, crowdMax) +
  greediest.length * togetherMax +
  UNSEEN_MAX

const UNSEEN_MAX = 64

/** Names so far apart that no mistyped byte makes one of another. */
const residents = ["resident-0", "Résidente-1", "住民-2", "RESIDENT №3", "住人😀4"]
const travellers = ["traveller-5", "Voyageuse é6", "旅人-7", "TRAVELLER №8", "путник-9"]
const rudeNames = Array.from({ length: 10 }, (_, i) => `rude-${i}`)

type Step = Effect.Effect<void, Violation | CannotConnect>

const together = (steps: ReadonlyArray<Step>): Step =>
  Effect.all(steps, { concurrency: "unbounded", discard: true })

interface Busy {
  readonly act: Act
  readonly millis: number
}

const busy = (wish: fc.Arbitrary<Wish>): fc.Arbitrary<Busy> =>
  fc.record({
    act: fc.record({ wishes: fc.array(wish, { minLength: 1, maxLength: 5 }), hand, cuts }),
    millis: fc.nat(40)
  })
const talking = busy(wishOf("message", "message", "message", "list", "ping"))
const listening = busy(wishOf("list", "ping"))

/** Talks until the end; the witness only listens. */
const stay = Effect.fnUntraced(function* (polite: Polite, { chat, episodesMax, isOver, seed }: Host) {
  const acts = polite.speaker === chat.witness ? listening : talking
  const actsMax = episodesMax * ACTS_PER_EPISODE
  for (let n = 0; n < actsMax && !(yield* isOver); n++)
    yield* talk(polite, draw(acts, seed, polite.speaker.name, n))
})

const ACTS_PER_EPISODE = 10

const talk = (polite: Polite, { act, millis }: Busy): Effect.Effect<void, Violation> =>
  Effect.andThen(polite.play(act), Effect.sleep(millis))

const journey = fc.record({
  acts: fc.array(talking, { maxLength: 20 }),
  waits: fc.boolean(),
  departure: fc.constantFrom<Array<Departure>>("logout", "halfClose", "cutOff"),
  millis: fc.nat(100)
})

/** Logs in, talks, leaves in one of the ways, and comes back under its name. */
const comeAndGo = Effect.fnUntraced(function* (polite: Polite, { episodesMax, isOver, seed }: Host) {
  for (let n = 0; n < episodesMax && !(yield* isOver); n++) {
    const { acts, departure, millis, waits } = draw(journey, seed, polite.speaker.name, n)
    yield* polite.login()
    for (const busy of acts) yield* talk(polite, busy)
    if (waits) yield* polite.fence()
    yield* polite.leave(departure)
    yield* Effect.sleep(millis)
  }
})

/** Plays one episode after the other; the end of the party cuts it off in the midst of one. */
const misbehave = Effect.fnUntraced(
  function* (name: string, { chat, crowdMax, episodesMax, freezeMillis, isOurs, seed }: Host) {
    const episodes = episode({
      names: [name, "rude", ...residents],
      crowdMax,
      freezeMillis,
      isOurs,
      isTls: chat.address.tls !== undefined
    })
    for (let n = 0; n < episodesMax; n++) yield* playEpisode(chat, name, n, draw(episodes, seed, name, n))
  },
  (effect, _name, { millisMax }) => Effect.asVoid(Effect.timeoutOption(effect, millisMax))
)
