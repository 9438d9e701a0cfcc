import {
  type Arrow,
  type Exchange,
  type Row,
  type Span,
  withinRows,
  withLogsJoined
} from "../../trace/Exchange.ts"

/** Room for the rows of all diagrams of a page, which is given to one after the other. */
export class Room {
  private rowsLeft = pageRowsMax

  /** As much of an exchange as there is room for, and the segments that its bytes stand in. */
  shown(exchange: Exchange): Exchange {
    const rows = withinRows(
      withLogsJoined(exchange.rows),
      Math.max(rowsMin, Math.min(rowsMax, this.rowsLeft))
    )
    this.rowsLeft -= rows.length
    const needed = new Set(rows.flatMap(spansOf).map(({ segment }) => segment))
    const places = new Map([...needed].toSorted((a, b) => a - b).map((segment, place) => [segment, place]))
    const moved = (span: Span): Span => ({ ...span, segment: places.get(span.segment)! })
    return {
      ...exchange,
      rows: rows.map((row) => (row._tag === "Arrow" ? withBytes(row, row.bytes.map(moved)) : row)),
      segments: exchange.segments.filter((_, index) => needed.has(index))
    }
  }
}

/** The most rows of one diagram, and those of all; a diagram for which there is no room left has a few all the same. */
const rowsMax = 400
const pageRowsMax = 7_000
const rowsMin = 10

const spansOf = (row: Row) => (row._tag === "Arrow" ? row.bytes : [])

const withBytes = (row: Arrow, bytes: ReadonlyArray<Span>): Arrow => ({ ...row, bytes })

/**
 * The bytes of all exchanges of a page, as its script reads them: each text once, however often it went over the wire,
 * and of each segment the time, the place of its bytes (`null` where there was no room) and, where not all are kept, their
 * number.
 */
export const bytesOf = (
  exchanges: ReadonlyArray<readonly [id: string, exchange: Exchange]>,
  span: (ms: number) => string
) => {
  const places = new Map<string, number>()
  let left = pageCharactersMax
  const placeOf = (text: string): number | null => {
    const place = places.get(text)
    if (place !== undefined) return place
    if (text.length > left) return null
    left -= text.length
    places.set(text, places.size)
    return places.size - 1
  }
  const segments = Object.fromEntries(
    exchanges
      .filter(([, { segments }]) => segments.length > 0)
      .map(([id, { segments }]) => [
        id,
        segments.map(({ atMillis, bytes, length }) => {
          const place = placeOf(bytes.toString("base64"))
          return [span(atMillis), place, ...(place === null || bytes.length < length ? [length] : [])]
        })
      ])
  )
  return { segments, bytes: [...places.keys()] }
}

/** The most bytes of a page, as characters of base64. */
const pageCharactersMax = 300_000
