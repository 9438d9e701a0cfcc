import { readFileSync, writeFileSync } from "node:fs"
import { diagrams } from "./diagram/Generated.ts"
import { schemaOfClasses } from "./grade/Generated.ts"
import { generated } from "./scenario/Generated.ts"
import { page } from "../page/Generated.ts"

const read = (name: string): string => readFileSync(name, "utf8")

// Writes what is generated from the verb table, from the keys of class files, from scenarios and from the page's sources: `pnpm generate`, after a change of any.
for (const { content, file } of await generated(read)) writeFileSync(file, content)
for (const { content, file } of [await schemaOfClasses(read), await page(read), ...diagrams(read)])
  writeFileSync(file, content)
