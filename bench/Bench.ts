import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { prepareGenerator } from "./Generator.ts"
import type { Peer } from "./Peer.ts"
import { type Executable, prepare } from "./Program.ts"
import { play } from "./Round.ts"
import { openFilesMax } from "../src/OpenFiles.ts"
import { clientsMax } from "./Machine.ts"
import type { Order } from "./Order.ts"
import { visitsOf } from "./Plan.ts"
import type { Server } from "./Result.ts"
import type { Section } from "./Section.ts"
import type { Sample } from "./Statistics.ts"

/** Measures round after round; what cannot be measured is left out, and the notes say why. */
export const bench = Effect.fnUntraced(function* (order: Order, onProgress: (text: string) => void) {
  const began = yield* Clock.currentTimeMillis
  const elapsed = Effect.map(Clock.currentTimeMillis, (now) => (now - began) / 1e3)
  const notes = new Set<string>()
  const shrunk = shrinkNote(order.sections)
  if (shrunk !== undefined) notes.add(shrunk)
  onProgress("looking for servers")
  const servers = yield* present(order.peers, (note) => notes.add(note))
  const generator = yield* prepareGenerator
  const samples: Array<Sample> = []
  let round = 0
  for (let longest = 0; round < order.rounds;) {
    const before = yield* elapsed
    if (before + longest > order.secondsMax) {
      notes.add(`Only ${round} of ${order.rounds} rounds fitted into ${order.secondsMax} s.`)
      break
    }
    round++
    const measured = yield* play({
      ...order,
      number: round,
      servers,
      generator,
      isOver: Effect.map(elapsed, (seconds) => seconds > order.secondsMax),
      onProgress: (text) => onProgress(`round ${round} of ${order.rounds}: ${text}`),
      onNote: (note) => notes.add(note)
    })
    samples.push(...measured)
    longest = Math.max(longest, (yield* elapsed) - before)
  }
  return {
    rounds: round,
    seconds: yield* elapsed,
    servers: Array.from(servers, ([peer, { version }]) => serverOf(peer, version)),
    samples,
    notes: [...notes]
  }
})

/** The servers that this machine has. */
const present = Effect.fnUntraced(function* (peers: ReadonlyArray<Peer>, onNote: (note: string) => void) {
  const servers = new Map<Peer, Executable>()
  for (const peer of peers) {
    const executable = yield* prepare(peer.program).pipe(
      Effect.catchTag("Missing", ({ reason }) => {
        onNote(`${peer.title} was left out: ${reason}.`)
        return Effect.undefined
      })
    )
    if (executable !== undefined) servers.set(peer, executable)
  }
  return servers
})

const serverOf = ({ clientsMax, name, role, title }: Peer, version: string): Server => ({
  name,
  title,
  role,
  version,
  ...(clientsMax !== undefined && { clientsMax })
})

/** What the open-file limit does to rooms that are too large for it. */
const shrinkNote = (sections: ReadonlyArray<Section>): string | undefined => {
  const wanted = Math.max(0, ...sections.flatMap(visitsOf).map(({ clients }) => clients))
  return wanted <= clientsMax()
    ? undefined
    : `A process may have ${openFilesMax()} files open here: rooms of ${wanted} clients had ${clientsMax()}. Raise the limit first: ulimit -n ${wanted + 1000}.`
}
