import { plain } from "../bench/Table.ts"

/** The things and bytes that a server holds, counted after a garbage collection. */
export interface ServerFigures {
  readonly names: number
  readonly connections: number
  readonly sockets: number
  readonly fibers: number
  /** Of all events, on all that emit them. */
  readonly listeners: number
  /** All that are pending, whether they keep the process alive or not. */
  readonly timers: number
  /** Handles of the event loop: sockets, timers. */
  readonly handles: number
  readonly openFiles: number
  readonly heapBytes: number
  /** Outside the heap: buffers. */
  readonly bufferBytes: number
  readonly residentBytes: number
  /** The longest turn of the event loop since the last count, in processor time. */
  readonly turnMillis: number
}

/** The title of each figure in a table, and the way it is judged: bytes of the engine are never twice the same. */
const judged = {
  names: ["names on the list", "count"],
  connections: ["connections", "count"],
  sockets: ["socket objects", "count"],
  fibers: ["fibers", "count"],
  listeners: ["listeners", "count"],
  timers: ["timers", "count"],
  handles: ["handles", "count"],
  openFiles: ["open files", "count"],
  heapBytes: ["heap after GC", "bytes"],
  bufferBytes: ["buffers", "bytes"],
  residentBytes: ["resident (not judged)", "never"]
} as const

type Judged = keyof typeof judged

const names = Object.keys(judged) as ReadonlyArray<Judged>

/** The part of the bytes at the start by which those at the end may exceed them. */
export const bytesSlack = 0.05

const moreOf =
  (kind: "count" | "bytes", slack: number) =>
  (start: ServerFigures, end: ServerFigures): ReadonlyArray<Judged> =>
    names.filter((name) => judged[name][1] === kind && end[name] > start[name] * (1 + slack))

/** The counts that are higher than at the start. */
export const moreThings = moreOf("count", 0)

/** The bytes that are more than at the start, beyond the slack. */
export const moreBytes = moreOf("bytes", bytesSlack)

/** The figures at the start and at the end, a line each. */
export const table = (start: ServerFigures, end: ServerFigures): string => {
  const wrong = new Set([...moreThings(start, end), ...moreBytes(start, end)])
  const rows = names.map((name) => {
    const [title, kind] = judged[name]
    const [from, to] = [start[name], end[name]]
    const show = (value: number) => (kind === "count" ? `${value}` : `${(value / 2 ** 20).toFixed(2)} MiB`)
    const change = kind === "count" ? `${to - from}` : `${(((to - from) / from) * 100).toFixed(1)} %`
    return [title, show(from), show(to), to > from ? `+${change}` : change, wrong.has(name) ? "✗" : ""]
  })
  return plain({ columns: ["", "start", "end", "change", ""], rows })
}
