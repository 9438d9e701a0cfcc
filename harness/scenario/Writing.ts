import type { Json } from "../language/Json.ts"

/** A scenario to be written: its steps are lines, as `stepLine` or a person writes them. */
export interface Draft {
  readonly title: string
  readonly cast: ReadonlyArray<string>
  readonly steps: ReadonlyArray<string>
  /** The features that it needs of a server. */
  readonly needs?: ReadonlyArray<string>
}

/** The text of a scenario file. Its level is `should`: it tells what happened, not what a server must do. */
export const scenarioText = ({ cast, needs = [], steps, title }: Draft): string =>
  [
    `scenario: ${JSON.stringify(title)}`,
    "level: should",
    ...(needs.length > 0 ? [`needs: [${needs.join(", ")}]`] : []),
    `cast: [${cast.map((name) => (isOtherInYaml(name) ? JSON.stringify(name) : name)).join(", ") || "nobody"}]`,
    "steps:",
    ...steps.map((step) => `  - ${step}`),
    ""
  ].join("\n")

/** A sentence as a step, its value behind a colon: in JSON, which is YAML whatever the value holds. */
export const stepLine = (sentence: string, value?: Json): string =>
  value === undefined ? sentence : `${sentence}: ${JSON.stringify(value)}`

/** The same with options beside it. */
export const stepLineWith = (
  sentence: string,
  value: Json | undefined,
  options: { readonly [key: string]: Json }
): string => {
  if (Object.keys(options).length === 0) return stepLine(sentence, value)
  return value === undefined ? stepLine(sentence, options) : JSON.stringify({ [sentence]: value, ...options })
}

/** A value as the pattern or template that means just this value: what would be a capture is escaped. */
export const verbatim = (value: Json): Json => {
  if (typeof value === "string") return value.startsWith("$") ? `$${value}` : value
  if (Array.isArray(value)) return value.map(verbatim)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, verbatim(field)]))
}

/** The title of a scenario that is saved in this file: its name in words. */
export const titleOf = (file: string): string =>
  file
    .replace(/^.*\//, "")
    .replace(/\.ya?ml$/, "")
    .replaceAll("-", " ")
    .replaceAll(/\p{Cc}/gu, "")
    .trim() || "a scenario"

/** True of names that YAML does not read as a string. */
const isOtherInYaml = (name: string): boolean => ["null", "true", "false"].includes(name)
