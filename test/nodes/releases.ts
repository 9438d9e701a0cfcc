import type { Change } from "../support/changes.ts"

const change = (file: string, from: string, to: string): Change => ({ file, from, to })

/** The next release reads a second version of the format, in which what somebody says is called `words`. */
const next: ReadonlyArray<Change> = [
  change("fold/Format.ts", "readable: [1],", "readable: [1, 2],"),
  change("log/Codec.ts", "parsed(text)", `parsed(text.replaceAll('"words":', '"content":'))`),
  change("fold/Restore.ts", "decode(text)", `decode(text.replaceAll('"words":', '"content":'))`)
]

/** Releases of palabre, by what their source has in place of ours. */
export const releases = {
  old: [],
  next,
  /** The one after that writes the second version. */
  after: [
    ...next,
    change("fold/Format.ts", "written: 1", "written: 2"),
    change("log/Codec.ts", "satisfies Stored)", `satisfies Stored).replaceAll('"content":', '"words":')`),
    change(
      "fold/Checkpoint.ts",
      "JSON.stringify(row)",
      `JSON.stringify(row).replaceAll('"content":', '"words":')`
    )
  ]
} as const satisfies Readonly<Record<string, ReadonlyArray<Change>>>

export type Release = keyof typeof releases
