import type { Dice } from "./Dice.ts"
import type { Cut } from "./Line.ts"

/** The points of an exchange at which a connection can be cut, and how often each is drawn. */
const weights = {
  "before the login": 1,
  "within the login": 1,
  "before the login's reply": 2,
  "after the login's reply": 2,
  "while catching up": 3,
  "before a request": 2,
  "within a request": 2,
  "before an ack": 4,
  "at an ack": 3,
  "between events": 2,
  takeover: 4
} as const

/** A point at which a connection is cut. */
export type Point = keyof typeof weights

export const points = Object.keys(weights) as ReadonlyArray<Point>

/** The end that a connection will have, unless the run is over before. */
export interface Fate {
  readonly point: Point | "none"
  readonly how: Cut
  /** How many requests, acks or events come before it. */
  readonly after: number
  /** The part of a request that is sent, from 0 to 1. */
  readonly part: number
  /** The wait before the next connection. */
  readonly pauseMillis: number
}

/** The fate of the next connection; the waits go with what a client thinks at most. */
export const drawFate = (dice: Dice, thinkMillis: number): Fate => {
  const point = dice.weighted(weights)
  return {
    point,
    how: dice.pick(["half-close", "close", "reset"]),
    after: dice.below(1 + dice.below(most[point] ?? REQUESTS_MAX)),
    part: dice.below(1_000) / 1_000,
    pauseMillis:
      point === "takeover" ? 0 : dice.below(dice.chance(LONG_PAUSE) ? 5 * thinkMillis : thinkMillis / 2)
  }
}

/** A connection that nothing happens to. */
export const spared: Fate = { point: "none", how: "close", after: 0, part: 0, pauseMillis: 0 }

/** How many events may come before the cut, at points that wait for events. */
const most: Partial<Record<Point, number>> = { "between events": 400, "while catching up": 20 }
const REQUESTS_MAX = 40
/** So many of the pauses may be long. */
const LONG_PAUSE = 0.1
