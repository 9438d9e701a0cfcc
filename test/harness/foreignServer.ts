import { foreign } from "../support/foreign.ts"
import { foreignServer } from "../support/foreignServer.ts"

// A server whose every text is hostile, also in its log: `node foreignServer.ts PORT [ends]`. It ends when it is spoken to.
const [port = "0", mode] = process.argv.slice(2)

const say = () => {
  process.stdout.write(`${foreign}\n`)
  process.stderr.write(`${foreign}\n`)
}

say()
if (mode === "ends") process.exit(9)
foreignServer("welcomes", () => {
  say()
  process.exit(3)
}).listen(Number(port), "127.0.0.1")
