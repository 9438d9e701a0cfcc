import { enableCompileCache } from "node:module"

enableCompileCache()

const { runMain } = await import("./Cli.ts")
const { palabre } = await import("./commands/palabre.ts")

runMain(palabre, process.argv.slice(2))
