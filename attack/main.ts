import { enableCompileCache } from "node:module"

enableCompileCache()

const { runMain } = await import("../src/commands/Cli.ts")
const { attack } = await import("./commands/attack.ts")

runMain(attack, process.argv.slice(2), process.argv[2])
