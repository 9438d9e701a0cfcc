import { enableCompileCache } from "node:module"

enableCompileCache()

const { runMain } = await import("../src/commands/Cli.ts")
const { command } = await import("./Command.ts")

runMain(command, process.argv.slice(2))
