// The harness as scripts start it. Plain JavaScript, for the reasons of palabre.js.
import { enableCompileCache } from "node:module"

enableCompileCache()
await import("../harness/main.ts")
