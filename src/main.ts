import { enableCompileCache } from "node:module"
import { setFlagsFromString } from "node:v8"

// A young generation that stays small: what a connection holds moves on at once, and an idle one costs less.
setFlagsFromString("--semi-space-growth-factor=1")
enableCompileCache()

const { runMain } = await import("./Cli.ts")
const { palabre } = await import("./commands/palabre.ts")

runMain(palabre, process.argv.slice(2))
