import type { ClauseId } from "../language/Clauses.ts"
import type { Scenario } from "../scenario/Scenario.ts"
import { rankOf } from "../verdict/Groundwork.ts"

/** The clauses in the order they are best learned, and broken ones best mended: each lesson needs those before it. */
export const lessons = {
  login: ["LOGIN-1", "LOGIN-3", "LOGIN-2", "LOGIN-5", "LOGIN-6", "LOGIN-7", "LOGIN-8", "LOGIN-9"],
  message: ["MSG-1", "MSG-2", "MSG-3", "MSG-7", "MSG-8", "MSG-9", "MSG-5"],
  list: ["LIST-1", "LIST-2", "REQ-2"],
  leave: ["LEAVE-1", "LEAVE-2", "LEAVE-4", "LEAVE-5", "LEAVE-3"],
  frames: [
    "FRAME-9",
    "FRAME-2",
    "FRAME-1",
    "FRAME-3",
    "MSG-4",
    "MSG-6",
    "FRAME-4",
    "FRAME-6",
    "FRAME-8",
    "WIRE-1",
    "FRAME-5",
    "FRAME-7"
  ],
  crowds: ["CONC-1", "LOGIN-4", "LOGIN-10", "SYNC-1", "MSG-10"],
  extras: ["REQ-1", "REQ-3", "PLAIN-1", "CODE-1", "ID-1", "END-1", "PING-1", "LOGOUT-1", "PRES-1"],
  rooms: [
    "ROOM-1",
    "ROOM-2",
    "ROOM-3",
    "ROOM-4",
    "ROOM-5",
    "DM-1",
    "DM-2",
    "DM-3",
    "DM-4",
    "SEQ-1",
    "SEQ-2",
    "SEQ-3",
    "SEQ-4",
    "HIST-1",
    "HIST-2",
    "HIST-3",
    "HIST-4",
    "RESUME-1",
    "RESUME-2",
    "RESUME-3",
    "RESUME-4",
    "RESUME-5",
    "RESUME-6",
    "DEDUP-1",
    "DEDUP-2",
    "DEDUP-3",
    "DEDUP-4"
  ],
  client: [
    "CLIENT-1",
    "CLIENT-2",
    "CLIENT-3",
    "CLIENT-4",
    "CLIENT-5",
    "CLIENT-6",
    "CLIENT-7",
    "CLIENT-8",
    "CLIENT-9",
    "CLIENT-10",
    "CLIENT-11"
  ]
} as const satisfies { readonly [name: string]: ReadonlyArray<ClauseId> }

export type Lesson = keyof typeof lessons

const order: ReadonlyArray<ClauseId> = Object.values(lessons).flat()

/** The place of a clause among all, in teaching order. */
export const placeInLessons = (clause: ClauseId): number => order.indexOf(clause)

/** The lesson of a scenario: that of the last clause it needs. One that is about no clause belongs to the last lesson. */
export const lessonOf = ({ proves }: Scenario): Lesson => {
  const names = Object.keys(lessons) as ReadonlyArray<Lesson>
  const isTaughtIn = (lesson: Lesson) => proves.some((clause) => lessonsOf.get(clause) === lesson)
  return names.findLast(isTaughtIn) ?? names.at(-1)!
}

const lessonsOf: ReadonlyMap<ClauseId, Lesson> = new Map(
  Object.entries(lessons).flatMap(([lesson, clauses]) =>
    clauses.map((clause): [ClauseId, Lesson] => [clause, lesson as Lesson])
  )
)

/**
 * Scenarios lesson by lesson, in each those first that others build on, then by the last clause they need; of those that
 * need the same, the shortest first.
 */
export const inTeachingOrder = (scenarios: ReadonlyArray<Scenario>): ReadonlyArray<Scenario> => {
  const keys = new Map(scenarios.map((scenario) => [scenario, orderOf(scenario)]))
  return scenarios.toSorted((a, b) => {
    const [first, second] = [keys.get(a)!, keys.get(b)!]
    const at = first.findIndex((part, index) => part !== second[index])
    return at === -1 ? 0 : first[at]! - second[at]!
  })
}

/** The numbers that a scenario is sorted by, the weightiest first. */
const orderOf = (scenario: Scenario): ReadonlyArray<number> => {
  const { proves } = scenario
  return [
    Object.keys(lessons).indexOf(lessonOf(scenario)),
    rankOf(scenario),
    Math.max(-1, ...proves.map(placeInLessons)),
    proves.length,
    lengthOf(scenario)
  ]
}

/** The length of a scenario, to compare by. */
export const lengthOf = ({ steps, text }: Scenario): number => text.slice(steps[0]?.offset ?? 0).length
