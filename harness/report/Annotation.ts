import { relative, resolve, sep } from "node:path"

/** A remark of a CI server at a place in a file. */
export interface Annotation {
  readonly level: "error" | "warning"
  readonly file: string
  readonly line: number
  readonly col: number
  readonly title?: string
  readonly message: string
}

/** The command by which GitHub Actions is told of it, on a line of its own. */
export const annotation = ({ level, message, ...fields }: Annotation): string => {
  const given = { ...fields, file: inWorkspace(fields.file) }
  const properties = Object.entries(given).map(([key, text]) => `${key}=${escapedProperty(String(text))}`)
  return `::${level} ${properties.join(",")}::${escaped(message)}\n`
}

/** Whether this runs under GitHub Actions, which then reads what is written. */
export const isUnderActions = (): boolean => process.env["GITHUB_ACTIONS"] === "true"

/** A path as GitHub knows it: from the folder that the repository is in. */
const inWorkspace = (file: string): string => {
  const workspace = process.env["GITHUB_WORKSPACE"]
  if (workspace === undefined || workspace === "") return file
  const inside = relative(workspace, resolve(file))
  return inside.startsWith("..") ? file : inside.replaceAll(sep, "/")
}

const escaped = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A")

const escapedProperty = (text: string): string => escaped(text).replaceAll(":", "%3A").replaceAll(",", "%2C")
