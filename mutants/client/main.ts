import { clientFaults } from "./Faults.ts"
import { makeClient } from "./makeClient.ts"
import { clientVariants } from "./Variants.ts"

// A small chat client: `node mutants/client/main.ts PORT [NAME-OF-A-FAULT-OR-VARIANT]`. It asks for a name.
const [port = "12345", ...names] = process.argv.slice(2)
const changes = names.map((name) => {
  const row = [...clientFaults, ...clientVariants].find((one) => one.name === name)
  if (row !== undefined) return row.change
  console.error(`unknown fault or variant "${name}"`)
  return process.exit(2)
})
makeClient(...changes).start(Number(port), undefined)
