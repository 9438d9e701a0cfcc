import * as Effect from "effect/Effect"
import { doubtsAbout, drive, type Phase, type Reading } from "./Generator.ts"
import { clientsMax } from "./Machine.ts"
import type { Notes } from "./Notes.ts"
import type { Peer } from "./Peer.ts"
import { roomOf, type Stop, stops, takesPart } from "./Plan.ts"
import type { Executable } from "./Executable.ts"
import { Unmeasured } from "./Running.ts"
import { startServers } from "./Servers.ts"
import type { Section, Values, Visits } from "./Section.ts"
import type { Sample } from "./Statistics.ts"

/** One round: everything is measured once, on every server. */
export interface Round {
  readonly number: number
  readonly sections: ReadonlyArray<Section>
  /** The servers that are there, and how each is started. */
  readonly servers: ReadonlyMap<Peer, Executable>
  readonly generator: Executable
  /** The factor of the time of each phase. */
  readonly scale: number
  /** Time in which something new may be begun. */
  readonly secondsLeft: Effect.Effect<number>
  readonly onProgress: (text: string) => void
  readonly notes: Notes
}

/** Plays a round; what fails is left out, and a note says why. */
export const play = Effect.fnUntraced(function* (round: Round) {
  const visited = yield* visitAll(round)
  const samples: Array<Sample> = []
  for (const section of round.sections) {
    for (const [peer, executable] of round.servers) {
      if (!takesPart(section, peer, round.number)) continue
      const values =
        "read" in section.method
          ? read(section.method, visited.get(peer))
          : yield* attempt(round, peer, section.name, section.method.measure(peer, executable))
      for (const [figure, value] of Object.entries(values ?? {}))
        if (Number.isFinite(value)) samples.push({ round: round.number, figure, server: peer.name, value })
    }
  }
  return samples
})

/** Gives what an effect measures, or `undefined` and a note where it fails or there is no time left for it. */
const attempt = Effect.fnUntraced(function* <A, R>(
  round: Round,
  peer: Peer,
  what: string,
  effect: Effect.Effect<A, Unmeasured, R>
) {
  const left = yield* round.secondsLeft
  if (left <= 0) {
    round.notes.add("there was not enough time for all of it")
    return undefined
  }
  round.onProgress(`${peer.title}, ${what}`)
  return yield* effect.pipe(
    Effect.timeoutOrElse({
      duration: 1e3 * Math.min(ATTEMPT_SECONDS_MAX, left + OVERTIME_SECONDS),
      orElse: () => Effect.fail(new Unmeasured({ reason: "it took too long" }))
    }),
    Effect.catchTag("Unmeasured", ({ reason }) => {
      round.notes.add(`${what}: ${reason}`, peer)
      return Effect.undefined
    })
  )
})

const ATTEMPT_SECONDS_MAX = 25
const OVERTIME_SECONDS = 3

/** The readings of one server: by the room (`roomOf`), then by phase. */
type Visited = Map<string, ReadonlyMap<Phase | "start" | "login", Reading>>

const visitAll = Effect.fnUntraced(function* (round: Round) {
  const visited = new Map([...round.servers.keys()].map((peer): [Peer, Visited] => [peer, new Map()]))
  for (const stop of stops(round.sections, [...round.servers.keys()], round.number)) {
    const room = roomOf(stop.visit)
    const readings = yield* attempt(round, stop.peer, room, visit(round, stop))
    if (readings !== undefined) visited.get(stop.peer)!.set(room, readings)
  }
  return visited
})

/** Starts a server of its own for the visit and drives it through the phases. */
const visit = Effect.fnUntraced(function* (round: Round, { peer, visit }: Stop) {
  const servers = yield* startServers(peer, round.servers.get(peer)!, visit)
  const clients = Math.min(visit.clients, peer.clientsMax ?? visit.clients, clientsMax())
  const { generator, scale } = round
  const readings = yield* drive({ generator, peer, servers, visit: { ...visit, clients }, scale })
  for (const doubt of readings.flatMap(doubtsAbout)) round.notes.add(`with ${roomOf(visit)} ${doubt}`, peer)
  return new Map((["start", "login", ...visit.phases] as const).map((phase, i) => [phase, readings[i]!]))
}, Effect.scoped)

/** Gives a section's values of the readings, where it has all that it needs and every message arrived. */
const read = ({ read, visits }: Visits, visited: Visited | undefined): Values => {
  const complete = visits.every((visit) =>
    (["start", "login", ...visit.phases] as const).every(
      (phase) => visited?.get(roomOf(visit))?.get(phase)?.lost === 0
    )
  )
  if (!complete) return {}
  return read((clients, phase, variant) => visited!.get(roomOf({ clients, ...variant }))!.get(phase)!)
}
