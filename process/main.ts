import { runMain } from "../src/commands/Cli.ts"
import { cluster } from "./commands/cluster.ts"

runMain(cluster, process.argv.slice(2))
