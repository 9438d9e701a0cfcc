import type { Phase, Visit } from "./Generator.ts"
import type { Peer } from "./Peer.ts"
import type { Section } from "./Section.ts"

/** One visit to one server, for all the sections that want a room of its size. */
export interface Stop {
  readonly peer: Peer
  readonly visit: Visit
}

/**
 * The visits of one round. Sections that want the same clients share a visit, and a phase that several want
 * is played once. The servers take turns at each size, so that what disturbs the machine disturbs all of them, and
 * every other round goes the other way round.
 */
export const stops = (
  sections: ReadonlyArray<Section>,
  peers: ReadonlyArray<Peer>,
  round: number
): ReadonlyArray<Stop> => {
  const order = round % 2 === 1 ? peers : peers.toReversed()
  const rooms = new Map(sections.flatMap(visitsOf).map((visit) => [roomOf(visit), visit]))
  return [...rooms].flatMap(([room, where]) =>
    order.flatMap((peer) => {
      const visits = sections
        .filter((section) => takesPart(section, peer, round))
        .flatMap(visitsOf)
        .filter((visit) => roomOf(visit) === room)
      const phases = [...new Set<Phase>(visits.flatMap((visit) => visit.phases))]
      return visits.length === 0 ? [] : [{ peer, visit: { ...where, phases } }]
    })
  )
}

/** What visits are told apart by: their clients, and in what they vary. */
export const roomOf = ({ clients, dialect, servers, store }: Omit<Visit, "phases">): string =>
  [
    `${clients} clients`,
    ...(dialect === undefined ? [] : [`with ${dialect}`]),
    ...(store === undefined ? [] : [storeTitles[store]]),
    ...(servers === undefined ? [] : [`on ${servers}`])
  ].join(" ")

const storeTitles = { file: "in a file", 1: "over one broker", 3: "over three brokers" }

/** The visits that a section wants. */
export const visitsOf = ({ method }: Section): ReadonlyArray<Visit> =>
  "visits" in method ? method.visits : []

/** Tells whether a section measures a server in this round. */
export const takesPart = ({ includes, othersOnce }: Section, peer: Peer, round: number): boolean =>
  includes(peer) && (round === 1 || othersOnce === undefined || peer.role !== "peer")
