import { format, type FormatConfig } from "oxfmt"
import { classSchema } from "./ClassFile.ts"

/** The schema of class files for editors, formatted. */
export const schemaOfClasses = async (read: (file: string) => string) => {
  const style = JSON.parse(read(".oxfmtrc.json")) as FormatConfig
  const { code } = await format(file, JSON.stringify(classSchema), style)
  return { file, content: code }
}

const file = "docs/class.schema.json"
