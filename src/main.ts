import { enableCompileCache } from "node:module"
import { setFlagsFromString } from "node:v8"

enableCompileCache()

// Node lets FORCE_COLOR win, and says so; here it is NO_COLOR that counts.
if ((process.env["NO_COLOR"] ?? "") !== "") delete process.env["FORCE_COLOR"]

// The young generation keeps the size that it has now: what a connection holds soon moves on, and an idle one costs less.
await import("effect/Effect")
setFlagsFromString("--semi-space-growth-factor=1")
// What is kept for a while, and dropped, is collected once it is half of what is in use, and not three times that.
setFlagsFromString("--heap-growing-percent=50")

const { runMain } = await import("./commands/Cli.ts")
const { palabre } = await import("./commands/palabre.ts")

runMain(palabre, process.argv.slice(2))
