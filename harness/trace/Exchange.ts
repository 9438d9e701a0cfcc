import type { ClauseId } from "../language/Clauses.ts"

/** An exchange between a server and its clients, as a diagram shows it: a lane for each, and rows from top to bottom. */
export interface Exchange {
  /** The clients that take part, in the order of their lanes; the lane of the server stands before them. */
  readonly actors: ReadonlyArray<string>
  /** What happens, in the order in which it does over all clients. */
  readonly rows: ReadonlyArray<Row>
  /** The bytes that went over the wire; none where nothing was played or they were not kept. */
  readonly segments: ReadonlyArray<Segment>
  /** The way each step went that was begun, by its line; a step that was never begun has none. */
  readonly steps: ReadonlyMap<number, StepState>
}

/** A step that is played several times has failed if it did so once. */
export type StepState = "begun" | "passed" | "failed"

export type Row = Arrow | Mark | Fence | Note | Log | Violation | Gap | Dropped

/** Something that was sent or received: from the actor to the server, or the other way. */
export interface Arrow extends Timed {
  readonly _tag: "Arrow"
  readonly direction: "out" | "in"
  readonly actor: string
  readonly what: "request" | "reply" | "event" | "noise"
  /** The whole in a few words: `login alice`. */
  readonly caption: string
  /** True for a reply that is not `success`. */
  readonly isRefusal: boolean
  /** True for the one that broke the clause. */
  readonly isWrong: boolean
  /** The step that sent it or asked for it; absent for what nobody asked for. */
  readonly line?: number
  /** Its bytes, in the segments that carried them. */
  readonly bytes: ReadonlyArray<Span>
}

/** Something that an actor or the server does to their connection: connects, closes, stops reading. */
interface Mark extends Timed {
  readonly _tag: "Mark"
  readonly actor: string
  readonly by: "actor" | "server"
  readonly what: "begins" | "ends" | "changes"
  readonly text: string
  readonly line?: number
}

/** Hidden requests of the harness itself, made to see that everything has arrived. */
export interface Fence extends Timed {
  readonly _tag: "Fence"
  readonly actors: ReadonlyArray<string>
}

/** A remark of the scenario, about all. */
interface Note extends Timed {
  readonly _tag: "Note"
  readonly text: string
}

/** A line of the server's own log. */
interface Log extends Timed {
  readonly _tag: "Log"
  readonly text: string
}

/** The place at which a clause was violated. */
export interface Violation extends Timed {
  readonly _tag: "Violation"
  /** The clauses that it is held against; none where they were not reached. */
  readonly clauses: ReadonlyArray<ClauseId>
  /** What should have happened; absent for what a server does in passing. */
  readonly expected?: string
  readonly received: string
  readonly actor?: string
  /** The step that failed; absent at the end of a scenario and for what a server does in passing. */
  readonly line?: number
}

/** A time in which nothing happened, folded. */
interface Gap {
  readonly _tag: "Gap"
  readonly millis: number
}

/** Rows from the middle of a long exchange that are left out. */
interface Dropped {
  readonly _tag: "Dropped"
  readonly rows: number
}

/** The time since the beginning of the exchange; absent where nothing was played. */
interface Timed {
  readonly atMillis?: number
}

/** Bytes as they went over the wire at once. */
export interface Segment {
  readonly actor: string
  readonly direction: "out" | "in"
  readonly atMillis: number
  /** The first of them. */
  readonly bytes: Buffer
  /** All of them, those that were not kept included. */
  readonly length: number
}

/** A part of a segment: from one byte up to another. */
export interface Span {
  /** Its place among the segments. */
  readonly segment: number
  readonly from: number
  readonly to: number
}

/** Puts a gap wherever nothing happened for a while. */
export const withGaps = (rows: ReadonlyArray<Row>): ReadonlyArray<Row> => {
  let last: number | undefined
  return rows.flatMap((row): ReadonlyArray<Row> => {
    if (!("atMillis" in row) || row.atMillis === undefined) return [row]
    const millis = last === undefined ? 0 : row.atMillis - last
    last = row.atMillis
    return millis >= gapMillisMin ? [{ _tag: "Gap", millis }, row] : [row]
  })
}

/** The shortest time in which nothing happened that is shown as a gap. */
const gapMillisMin = 20

/** Puts lines of the server's log that stand together into one row. */
export const withLogsJoined = (rows: ReadonlyArray<Row>): ReadonlyArray<Row> => {
  const joined: Array<Row> = []
  for (const row of rows) {
    const last = joined.at(-1)
    if (row._tag === "Log" && last?._tag === "Log")
      joined[joined.length - 1] = { ...last, text: `${last.text}\n${row.text}` }
    else joined.push(row)
  }
  return joined
}

/** Leaves out the middle of a long exchange. */
export const withinRows = (rows: ReadonlyArray<Row>, max: number): ReadonlyArray<Row> => {
  if (rows.length <= max) return rows
  const kept = Math.floor(max / 2)
  const dropped: Dropped = { _tag: "Dropped", rows: rows.length - 2 * kept }
  return [...rows.slice(0, kept), dropped, ...rows.slice(-kept)]
}

/** Says which clauses the failure of a scenario is held against. */
export const blamedFor = (exchange: Exchange, failed: ReadonlyArray<ClauseId>): Exchange => ({
  ...exchange,
  rows: exchange.rows.map((row) =>
    row._tag === "Violation" && row.clauses.length === 0 ? { ...row, clauses: failed } : row
  )
})

/** What is kept of the exchange of a scenario: all of it, less where the scenario passed, or nothing. */
export const traceModes = ["on", "failed", "off"] as const
export type TraceMode = (typeof traceModes)[number]

/** An exchange without its bytes and its middle: a picture and no more. */
export const pictureOnly = (exchange: Exchange): Exchange => ({
  ...exchange,
  segments: [],
  rows: withinRows(exchange.rows, pictureRowsMax).map(withoutBytes)
})

const withoutBytes = (row: Row): Row => (row._tag === "Arrow" ? { ...row, bytes: [] } : row)

/** The most rows of a picture that nobody has to study. */
const pictureRowsMax = 120
