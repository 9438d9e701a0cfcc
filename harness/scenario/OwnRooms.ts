import { flatten } from "./Carriers.ts"
import type { Scenario } from "./Scenario.ts"
import { literally, rewritten } from "./Varied.ts"

/**
 * The same scenario in rooms that nobody has been in, for a server that remembers earlier ones: the suffix stands behind the
 * name of each, wherever that is written.
 */
export const inOwnRooms = (scenario: Scenario, suffix: string): Scenario => {
  const { after, before, steps, text } = scenario
  const inSentences = [before, steps, after].flatMap(flatten).flatMap(({ step }) => step.room ?? [])
  const inRequests = [...text.matchAll(/\broom: "?([\w-]+)/g)].map(([, room]) => room!)
  const rooms = new Set([...inSentences, ...inRequests].map((room) => room.toLowerCase()))
  rooms.delete("lobby")
  if (rooms.size === 0) return scenario
  const named = new RegExp(`(?<![\\w-])(?:${[...rooms].map(literally).join("|")})(?![\\w-])`, "giu")
  return rewritten(scenario, text.replace(named, `$&${suffix}`)) ?? scenario
}
