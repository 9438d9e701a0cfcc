import type { ClauseId } from "../language/Clauses.ts"

/** Texts of messages that are hard to cut, and the clause that a server breaks which fails only where these are cut. */
export interface HardTexts {
  /** What is added to the name of the file. */
  readonly name: string
  readonly clause: ClauseId
  /** What stands behind each message; nothing where they stay as they are. */
  readonly more: string
}

/**
 * As many bytes of JSON with a backslash and a letter of two bytes as make it sure that each is cut in two somewhere: five
 * bytes, eight times, which no segment of six to eight bytes keeps in step with.
 */
export const hardTexts = '"é '.repeat(8).trim()

/** The same by degrees, the plainest first: where all together fail, the first of these that does so tells why. */
export const degrees: ReadonlyArray<HardTexts> = [
  { name: "", clause: "FRAME-1", more: "" },
  { name: "-escapes", clause: "FRAME-1", more: hardTexts.replaceAll("é", "ee") },
  { name: "-characters", clause: "FRAME-3", more: hardTexts.replaceAll('"', "ee") }
]
