import { existsSync, writeFileSync } from "node:fs"
import type { Change } from "../../mutants/chat/Chat.ts"
import { listen, makeChat } from "../../mutants/chat/makeChat.ts"

// A server for tests of targets: `node program.ts PORT MODE [FILE]`.
const [port = "0", mode = "correct", file = ""] = process.argv.slice(2)

const changes: Record<string, Change> = {
  "crashes on a message": () => ({
    message: () => {
      console.error("about to give up")
      return process.exit(3)
    }
  }),
  "dies of a signal": () => ({
    message: () => {
      process.kill(process.pid, "SIGSEGV")
      return undefined
    }
  })
}

if (mode === "finds its port taken once" && !existsSync(file)) {
  writeFileSync(file, "it was tried once")
  console.error("bind: Address already in use")
  process.exit(1)
}
if (mode === "tells its port") writeFileSync(file, port)
await listen(makeChat(changes[mode]), Number(port))
console.log("listening")
