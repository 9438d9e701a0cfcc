import { readFileSync, writeFileSync } from "node:fs"
import { diagrams } from "./diagram/Generated.ts"
import { schemaOfClasses } from "./grade/Generated.ts"
import { generated } from "./scenario/Generated.ts"

const read = (name: string): string => readFileSync(name, "utf8")

// Writes what is generated from the verb table, from the keys of class files and from scenarios: `pnpm generate`, after a change of either.
for (const { content, file } of await generated(read)) writeFileSync(file, content)
for (const { content, file } of [await schemaOfClasses(read), ...diagrams(read)]) writeFileSync(file, content)
