/**
 * The versions of what a log holds: its entries and checkpoints. Servers of several releases may share a log, so a release
 * learns to read a new version before a later one writes it (CONTRIBUTING.md has the steps).
 */
export const format: {
  readonly readable: ReadonlyArray<number>
  readonly written: number
} = {
  readable: [1],
  written: 1
}

/** True of a version that this release reads. */
export const isReadable = (version: unknown): boolean => format.readable.includes(version as number)
