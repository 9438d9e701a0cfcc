import { enableCompileCache } from "node:module"

enableCompileCache()

const { runMain } = await import("../src/commands/Cli.ts")
const { harness } = await import("./commands/harness.ts")

runMain(harness, process.argv.slice(2), "harness")
