import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { openFilesMax } from "../src/net/OpenFiles.ts"
import { prepareGenerator } from "./Generator.ts"
import { clientsMax } from "./Machine.ts"
import { Notes } from "./Notes.ts"
import type { RunOptions } from "./RunOptions.ts"
import type { Peer } from "./Peer.ts"
import { visitsOf } from "./Plan.ts"
import { type Executable, prepare } from "./Executable.ts"
import type { Server } from "./Result.ts"
import { play } from "./Round.ts"
import type { Section } from "./Section.ts"
import type { Sample } from "./Statistics.ts"

/** Measures round after round; what cannot be measured is left out, and the notes say why. */
export const bench = Effect.fnUntraced(function* (options: RunOptions, onProgress: (text: string) => void) {
  const began = yield* Clock.currentTimeMillis
  const elapsed = Effect.map(Clock.currentTimeMillis, (now) => (now - began) / 1e3)
  const notes = new Notes()
  warnOfFileLimit(options.sections, notes)
  onProgress("looking for servers, compiling what has to be")
  const servers = yield* present(options.peers, notes)
  const generator = yield* prepareGenerator
  const samples: Array<Sample> = []
  let rounds = 0
  let lastSeconds = 0
  while (rounds < options.rounds) {
    const before = yield* elapsed
    if (before + lastSeconds > options.secondsMax) {
      notes.add(`only ${rounds} of ${options.rounds} rounds fitted into ${options.secondsMax} s`)
      break
    }
    const number = ++rounds
    const played = yield* play({
      ...options,
      number,
      servers,
      generator,
      notes,
      secondsLeft: Effect.map(elapsed, (seconds) => options.secondsMax - seconds),
      onProgress: (text) => onProgress(`round ${number} of ${options.rounds}: ${text}`)
    })
    samples.push(...played)
    lastSeconds = (yield* elapsed) - before
  }
  return {
    rounds,
    seconds: yield* elapsed,
    servers: Array.from(servers, ([peer, { version }]) => serverOf(peer, version)),
    samples,
    notes: notes.lines
  }
})

/** The servers that this machine has. */
const present = Effect.fnUntraced(function* (peers: ReadonlyArray<Peer>, notes: Notes) {
  const servers = new Map<Peer, Executable>()
  for (const peer of peers) {
    const executable = yield* prepare(peer.program).pipe(
      Effect.catchTag("Missing", ({ reason }) => {
        notes.add(`left out, as ${reason}`, peer)
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

/** Notes where the open-file limit shrinks the largest rooms. */
const warnOfFileLimit = (sections: ReadonlyArray<Section>, notes: Notes): void => {
  const wanted = Math.max(0, ...sections.flatMap(visitsOf).map(({ clients }) => clients))
  if (wanted <= clientsMax()) return
  notes.add(
    `a process may have only ${openFilesMax()} files open here, so the largest rooms were cut to ${clientsMax()} clients; ` +
      `to have them whole, run "ulimit -n ${wanted + 1_000}" first, or let an administrator raise the hard limit`
  )
}
