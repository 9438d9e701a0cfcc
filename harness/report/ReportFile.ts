import { lstatSync, renameSync, rmSync, writeFileSync } from "node:fs"

/** Makes sure that a report can be written here, and removes an older one: what stands there later is of this run. */
export const prepareFile = (path: string): void => {
  if (isSpecial(path)) return writeFileSync(path, "")
  writeFileSync(temporary(path), "")
  rmSync(temporary(path))
  rmSync(path, { force: true })
}

/** Writes a whole report: whoever looks finds all of it or nothing. */
export const writeWhole = (path: string, text: string): void => {
  if (isSpecial(path)) return writeFileSync(path, text)
  writeFileSync(temporary(path), text)
  renameSync(temporary(path), path)
}

/** True if something stands there that must not be replaced: a device, a pipe, a link, a folder. */
const isSpecial = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isFile() === false

const temporary = (path: string): string => `${path}.${process.pid}.tmp`
