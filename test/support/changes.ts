import { registerHooks } from "node:module"
import { fileURLToPath } from "node:url"

/** A piece of the source of a server, and what is in its place. */
export interface Change {
  /** Its path in `src/`. */
  readonly file: string
  readonly from: string
  readonly to: string
}

/** The source of a file with the changes that are about it; all of them have to fit. */
export const changed = (changes: ReadonlyArray<Change>, file: string, source: string): string =>
  changes
    .filter((change) => change.file === file)
    .reduce((text, { from, to }) => {
      const parts = text.split(from)
      if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} × ${from}`)
      return parts.join(to)
    }, source)

/** Has this Node load the source of a server with these changes from now on. */
export const loadChanged = (changes: ReadonlyArray<Change>): void => {
  const src = fileURLToPath(new URL("../../src/", import.meta.url))
  registerHooks({
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context)
      const path = url.startsWith("file:") ? fileURLToPath(url) : ""
      if (!path.startsWith(src) || loaded.source === undefined || loaded.source === null) return loaded
      return { ...loaded, source: changed(changes, path.slice(src.length), String(loaded.source)) }
    }
  })
}
