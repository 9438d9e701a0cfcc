import { enableCompileCache } from "node:module"

enableCompileCache()

const { runMain } = await import("../src/commands/Cli.ts")
const { torture } = await import("./commands/attack.ts")

runMain(torture, process.argv.slice(2), process.argv[2])
