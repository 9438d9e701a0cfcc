import * as Effect from "effect/Effect"
import { drawFate, type Fate, spared } from "./Fate.ts"
import type { Member } from "./Member.ts"
import { Visit } from "./Visit.ts"

/** Has a member connect again and again, until it has logged out. */
export const stay = Effect.fnUntraced(function* (member: Member) {
  while (!member.isDone) {
    const fate =
      member.run.isSettling || member.character.isWitness
        ? spared
        : drawFate(member.dice, member.run.settings.thinkMillis)
    yield* Effect.callback<void>((resume) => {
      const visit = new Visit(member, fate, () => resume(Effect.void))
      return Effect.sync(() => visit.close())
    })
    const { addresses, isSettling, outages } = member.run
    const isDown = addresses.every((address) => outages.at(address).has("node"))
    if (!member.isDone) yield* Effect.sleep(isDown || isSettling ? soonMillis : pauseOf(member, fate))
  }
})

/** Where nodes die, some stay away for longer than it takes the others to notice. */
const pauseOf = ({ dice, run: { settings } }: Member, { pauseMillis, point }: Fate): number =>
  settings.reignMillis !== undefined && point !== "takeover" && dice.chance(longAway)
    ? dice.below(settings.reignMillis)
    : pauseMillis

const longAway = 0.1

/** The wait before the next attempt of a client that finds no server, or only wants what is due. */
const soonMillis = 50
