import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import type { ConnectFailed } from "../harness/stage/ActorConnection.ts"
import { type Chat, type Totals, inChat, type Endpoint } from "./Chat.ts"
import { episode, greediest, togetherMax } from "./Episode.ts"
import { type Act, type Departure, ConformingClient } from "./ConformingClient.ts"
import { playEpisode } from "./HostileClient.ts"
import { draw, type Seed } from "./Seed.ts"
import { cuts, encoding, type ChatRequest, requestOf } from "./Traffic.ts"
import { type Violation, violation } from "./Violation.ts"

/** Options of a run. It lasts until one of the two limits is reached. */
export interface RunOptions extends Endpoint {
  readonly seed: Seed
  readonly millisMax: number
  /** Episodes of each hostile client, and logins of each conforming one that comes and goes. */
  readonly episodesMax: number
  /** The largest crowd that a hostile client brings, or 0 for none. */
  readonly crowdMax: number
  /** The longest time that a frozen client stays. */
  readonly freezeMillis: number
  /** Our own server: its limits are known, and are tried too. */
  readonly isOurs: boolean
  readonly totals: Totals
}

/** Options of a run that only time ends, with frozen clients that stay long enough for the server to end them. */
export const untilTime = { episodesMax: Number.POSITIVE_INFINITY, freezeMillis: 8_000 } as const

/**
 * Runs ten hostile clients beside ten conforming ones; when it is over, all have left. Fails with the first thing that
 * the server did wrong to one of them.
 */
export const mixedRun = (options: RunOptions) =>
  inChat(options, [...residents, ...travellers], options.totals, (chat) =>
    Effect.gen(function* () {
      const endsAtMillis = (yield* Clock.currentTimeMillis) + options.millisMax
      const isOver = Effect.map(Clock.currentTimeMillis, (nowMillis) => nowMillis >= endsAtMillis)
      const context: Context = { ...options, chat, isOver }
      const clientOf = (name: string) => new ConformingClient(chat.speakers.get(name)!, chat)
      const staying = residents.map(clientOf)
      for (const client of staying) {
        yield* client.login()
        yield* client.fence() // the witness learns who is there before anyone comes or goes
      }
      yield* together([
        ...staying.map((client) => stay(client, context)),
        ...travellers.map((name) => comeAndGo(clientOf(name), context)),
        ...hostileNames.map((name) => misbehave(name, context)),
        ...(context.isOurs ? greediest : []).map((episode, i) => playEpisode(chat, `greedy-${i}`, 0, episode))
      ])
      yield* together(staying.map((client) => client.fence()))
      yield* together(staying.map((client) => client.leave("logout")))
      const [unmatched] = chat.order.unmatched
      if (unmatched !== undefined)
        return yield* violation("MSG-5", chat.witness.name, `all that ${unmatched} received`, "less")
    })
  )

interface Context extends RunOptions {
  readonly chat: Chat
  readonly isOver: Effect.Effect<boolean>
}

/** The seats that a run takes at most: one for each client at once, and some for those the server has not seen go. */
export const seatsFor = (crowdMax: number): number =>
  residents.length +
  travellers.length +
  hostileNames.length * Math.max(togetherMax, crowdMax) +
  greediest.length * togetherMax +
  UNSEEN_MAX

const UNSEEN_MAX = 64

/** Names so far apart that no mistyped byte makes one of another. */
const residents = ["resident-0", "Résidente-1", "住民-2", "RESIDENT №3", "住人😀4"]
const travellers = ["traveller-5", "Voyageuse é6", "旅人-7", "TRAVELLER №8", "путник-9"]
const hostileNames = Array.from({ length: 10 }, (_, i) => `hostile-${i}`)

type Step = Effect.Effect<void, Violation | ConnectFailed>

const together = (steps: ReadonlyArray<Step>): Step =>
  Effect.all(steps, { concurrency: "unbounded", discard: true })

interface Busy {
  readonly act: Act
  readonly millis: number
}

const busy = (request: fc.Arbitrary<ChatRequest>): fc.Arbitrary<Busy> =>
  fc.record({
    act: fc.record({ requests: fc.array(request, { minLength: 1, maxLength: 5 }), encoding, cuts }),
    millis: fc.nat(40)
  })
const talking = busy(requestOf("message", "message", "message", "list", "ping"))
const listening = busy(requestOf("list", "ping"))

/** Talks until the end; the witness only listens. */
const stay = Effect.fnUntraced(function* (
  client: ConformingClient,
  { chat, episodesMax, isOver, seed }: Context
) {
  const acts = client.speaker === chat.witness ? listening : talking
  const actsMax = episodesMax * ACTS_PER_EPISODE
  for (let n = 0; n < actsMax && !(yield* isOver); n++)
    yield* talk(client, draw(acts, seed, client.speaker.name, n))
})

const ACTS_PER_EPISODE = 10

const talk = (client: ConformingClient, { act, millis }: Busy): Effect.Effect<void, Violation> =>
  Effect.andThen(client.play(act), Effect.sleep(millis))

const journey = fc.record({
  acts: fc.array(talking, { maxLength: 20 }),
  waits: fc.boolean(),
  departure: fc.constantFrom<Array<Departure>>("logout", "halfClose", "cutOff"),
  millis: fc.nat(100)
})

/** Logs in, talks, leaves in one of the ways, and comes back under its name. */
const comeAndGo = Effect.fnUntraced(function* (
  client: ConformingClient,
  { episodesMax, isOver, seed }: Context
) {
  for (let n = 0; n < episodesMax && !(yield* isOver); n++) {
    const { acts, departure, millis, waits } = draw(journey, seed, client.speaker.name, n)
    yield* client.login()
    for (const busy of acts) {
      if (yield* isOver) break // on a busy machine each of them may take seconds
      yield* talk(client, busy)
    }
    if (waits) yield* client.fence()
    yield* client.leave(departure)
    yield* Effect.sleep(millis)
  }
})

/** Plays one episode after the other; the end of the run cuts the last one off. */
const misbehave = Effect.fnUntraced(
  function* (name: string, { chat, crowdMax, episodesMax, freezeMillis, isOurs, seed }: Context) {
    const episodes = episode({
      names: [name, "hostile", ...residents],
      crowdMax,
      freezeMillis,
      isOurs,
      isTls: chat.address.tls !== undefined,
      hasWeb: chat.web !== undefined
    })
    for (let n = 0; n < episodesMax; n++) yield* playEpisode(chat, name, n, draw(episodes, seed, name, n))
  },
  (effect, _name, { millisMax }) => Effect.asVoid(Effect.timeoutOption(effect, millisMax))
)
