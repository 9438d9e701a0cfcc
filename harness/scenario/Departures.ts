import { looksAt, namesWanted, patternsOf, sentBy, toldToBeGone } from "./StepFacts.ts"
import type { Step } from "../verbs/Step.ts"

/** True if a step goes on with a session: its token works whatever the server has noticed (RESUME-2). */
const goesOn = (step: Step): boolean =>
  step.verb.resumes === true ||
  sentBy(step).some(
    (request) => request._tag === "Object" && request.fields.some(([key]) => key === "session")
  )

/** Names whose owners have left without anybody having seen that the server noticed: they are still on its books for a while. */
export class Departures {
  private readonly left = new Map<string, { readonly actor: string; readonly line: number }>()

  /** Notes that the owner of a name has left. */
  add(username: string, actor: string, line: number): void {
    this.left.set(username, { actor, line })
  }

  /** Forgets all of them: the server starts anew. */
  clear(): void {
    this.left.clear()
  }

  /** Follows a step, and tells of races in it that no server could win. */
  follow(step: Step, subjects: ReadonlyArray<string>): ReadonlyArray<string> {
    const seen = step.verb.seesGone === true && step.other?._tag === "Actors" ? step.other.names : []
    const told = new Set(patternsOf(step).flatMap(toldToBeGone))
    for (const [username, { actor }] of this.left)
      if ((goesOn(step) && subjects.includes(actor)) || seen.includes(actor) || told.has(username))
        this.left.delete(username)
    const wanted = namesWanted(step, subjects)
    if (step.verb.retries === true) {
      for (const username of wanted) this.left.delete(username)
      if (wanted.length === 0) this.clear()
      return []
    }
    return [...this.racesForNames(wanted, subjects), ...this.racesForLists(step, subjects)]
  }

  private racesForNames(
    wanted: ReadonlyArray<string>,
    subjects: ReadonlyArray<string>
  ): ReadonlyArray<string> {
    return wanted.flatMap((username) => {
      const departure = this.left.get(username)
      if (departure === undefined) return []
      const { actor, line } = departure
      return [
        `the server may not have noticed yet that ${actor} left (line ${line}); write "${subjects[0]} keeps trying to log in as ${username}", or let someone see that ${actor} is gone first`
      ]
    })
  }

  private racesForLists(step: Step, subjects: ReadonlyArray<string>): ReadonlyArray<string> {
    const departure = [...this.left.values()].find(({ actor }) => !subjects.includes(actor))
    if (departure === undefined || !patternsOf(step).some((pattern) => looksAt(pattern, "users"))) return []
    const { actor, line } = departure
    return [
      `the server may not have noticed yet that ${actor} left (line ${line}); let someone see that ${actor} is gone before asking who is there`
    ]
  }
}
