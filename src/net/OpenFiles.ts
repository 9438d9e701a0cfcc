import { readFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** Files reserved for everything but seats: the listeners, the log, and newcomers being turned away. */
const reservedFiles = 64

/** The most files that this process may have open at once; `Infinity` where the system does not say. */
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
    return `Cannot serve anyone: the open-file limit is ${this.openFilesMax}, and ${reservedFiles} files are reserved for the server itself. ${raiseIt}.`
  }
}

const raiseIt = "Raise it with ulimit -n (LimitNOFILE= under systemd)"

/** The number of clients that can be served at once: `clientsMax`, or as many as the open-file limit allows. */
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
