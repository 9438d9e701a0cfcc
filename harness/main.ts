import { enableCompileCache } from "node:module"

enableCompileCache()

// Node lets FORCE_COLOR win, and says so; here it is NO_COLOR that counts.
if ((process.env["NO_COLOR"] ?? "") !== "") delete process.env["FORCE_COLOR"]

const { runMain } = await import("../src/commands/Cli.ts")
const { harness } = await import("./commands/harness.ts")

runMain(harness, process.argv.slice(2), "harness")
