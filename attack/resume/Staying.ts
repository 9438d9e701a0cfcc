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
    const { wasStruck } = yield* Effect.callback<Visit>((resume) => {
      const visit: Visit = new Visit(member, fate, () => resume(Effect.succeed(visit)))
      return Effect.sync(() => visit.close())
    })
    const { addresses, isSettling, outages } = member.run
    const isDown = addresses.every((address) => outages.at(address).has("node"))
    if (!member.isDone)
      yield* Effect.sleep(isDown || isSettling ? soonMillis : pauseOf(member, fate, wasStruck))
  }
})

/**
 * Where nodes die, some stay away for longer than it takes the others to notice; many of those whose node is gone, since the
 * others have to keep their sessions.
 */
const pauseOf = (
  { dice, run: { settings } }: Member,
  { pauseMillis, point }: Fate,
  wasStruck: boolean
): number => {
  const { reignMillis } = settings
  if (reignMillis === undefined || point === "takeover") return pauseMillis
  if (wasStruck && dice.chance(0.5)) return reignMillis / 2 + dice.below(reignMillis / 2)
  return dice.chance(0.1) ? dice.below(reignMillis) : pauseMillis
}

/** The wait before the next attempt of a client that finds no server, or only wants what is due. */
const soonMillis = 50
