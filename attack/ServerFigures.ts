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

/** Figures that count things; the rest is bytes. */
const counts = [
  "names",
  "connections",
  "sockets",
  "fibers",
  "listeners",
  "timers",
  "handles",
  "openFiles"
] as const

/** Bytes that may grow a little: the engine's own are never twice the same. */
const bytes = ["heapBytes", "bufferBytes"] as const

/** The part of the bytes at the start by which those at the end may exceed them. */
export const bytesSlack = 0.05

/** The counts that are higher than at the start. */
export const moreThings = (start: ServerFigures, end: ServerFigures): ReadonlyArray<keyof ServerFigures> =>
  counts.filter((name) => end[name] > start[name])

/** The bytes that are more than at the start, beyond the slack. */
export const moreBytes = (start: ServerFigures, end: ServerFigures): ReadonlyArray<keyof ServerFigures> =>
  bytes.filter((name) => end[name] > start[name] * (1 + bytesSlack))

/** The figures at the start and at the end, a line each. */
export const table = (start: ServerFigures, end: ServerFigures): string => {
  const wrong = new Set([...moreThings(start, end), ...moreBytes(start, end)])
  const rows = names.map((name) => {
    const [from, to] = [start[name], end[name]]
    const isBytes = name.endsWith("Bytes")
    const show = (value: number) => (isBytes ? `${(value / 2 ** 20).toFixed(2)} MiB` : String(value))
    const change = isBytes ? `${(((to - from) / from) * 100).toFixed(1)} %` : String(to - from)
    return [titles[name], show(from), show(to), to > from ? `+${change}` : change, wrong.has(name) ? "✗" : ""]
  })
  return [["", "start", "end", "change", ""], ...rows]
    .map(([title, ...cells]) =>
      [title!.padEnd(20), ...cells.map((cell) => cell.padStart(12))].join("").trimEnd()
    )
    .join("\n")
}

const titles: Readonly<Record<Exclude<keyof ServerFigures, "turnMillis">, string>> = {
  names: "names on the list",
  connections: "connections",
  sockets: "socket objects",
  fibers: "fibers",
  listeners: "listeners",
  timers: "timers",
  handles: "handles",
  openFiles: "open files",
  heapBytes: "heap after GC",
  bufferBytes: "buffers",
  residentBytes: "resident (not judged)"
}
const names = Object.keys(titles) as ReadonlyArray<keyof typeof titles>
