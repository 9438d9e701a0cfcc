import { readFileSync, writeFileSync } from "node:fs"
import { generated } from "./scenario/Generated.ts"

// Writes what is generated from the verb table: `pnpm generate`, after a change of the language.
for (const { content, file } of await generated((name) => readFileSync(name, "utf8")))
  writeFileSync(file, content)
