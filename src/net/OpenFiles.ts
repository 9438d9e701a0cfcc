import { readFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** Files that are kept free for everything but seats: the listeners, the log, and newcomers being turned away. */
const reservedFiles = 64

/** How many files this process may have open at once; `Infinity` where the system does not tell. */
export const openFilesMax = (): number => {
  try {
    const [, soft] =
      /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? []
    return soft === undefined || soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft)
  } catch {
    return Number.POSITIVE_INFINITY // no /proc: not Linux
  }
}

/** The open-file limit leaves no room for a single client. */
export class TooFewFiles extends Schema.TaggedError<TooFewFiles>()("TooFewFiles", {
  openFilesMax: Schema.Finite
}) {
  override get message(): string {
    return `Cannot serve anybody: the open-file limit is ${this.openFilesMax}, and ${reservedFiles} files are kept for the rest. ${raiseIt}.`
  }
}

const raiseIt = "Raise it with ulimit -n (LimitNOFILE= under systemd)"

/** The clients that can be served at once: as many as were asked for, as far as the open-file limit allows. */
export const possibleClients = Effect.fnUntraced(function* (clientsMax: number) {
  const possible = openFilesMax() - reservedFiles
  if (possible >= clientsMax) return clientsMax
  if (possible < 1) return yield* new TooFewFiles({ openFilesMax: openFilesMax() })
  yield* Effect.logWarning(
    `Serving ${possible} clients at most, not ${clientsMax}: the open-file limit is ${openFilesMax()}. ` +
      `${raiseIt}, or lower --max-clients.`
  )
  return possible
})
