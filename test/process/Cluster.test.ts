import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { hasBrokers } from "../../process/Brokers.ts"
import { run } from "../../process/Process.ts"

if (!hasBrokers) console.warn("SKIPPED: nats-server is not installed, so pnpm cluster is not tested")

const cluster = (...args: ReadonlyArray<string>) =>
  run({ command: [process.execPath, "process/main.ts", ...args] })

/** A program that logs in as one at the first address and looks for that at the second, and prints its arguments. */
const program = `
  const [addresses, a, b, ...rest] = process.argv.slice(1)
  const { connect } = require("node:net")
  const at = (address, ...requests) => new Promise((resolve) => {
    const [host, port] = address.split(":")
    let text = ""
    const socket = connect({ host, port })
    for (const request of requests) socket.write(JSON.stringify(request) + "\\n")
    socket.on("data", (data) => {
      text += data
      if (text.split("\\n").length > requests.length) resolve(text)
    })
  })
  at(a, { type: "login", username: "alice" })
    .then(() => at(b, { type: "login", username: "bob" }, { type: "list" }))
    .then((text) => {
      console.log(addresses === a + "," + b, /"users":\\["alice","bob"\\]/.test(text), ...rest)
      process.exit(7)
    })`

describe.skipIf(!hasBrokers)("pnpm cluster", () => {
  it.live("runs a command beside nodes that are one chat, and ends as it does", () =>
    Effect.gen(function* () {
      const command = [process.execPath, "-e", program, "{connect}", "{0}", "{1}", "-n5", "{2}"]
      const { ended, errors, output } = yield* cluster("--nodes", "2", "--brokers", "1", "--", ...command)
      assert.deepStrictEqual([output.text, errors.text, ended.code], ["true true -n5 {2}\n", "", 7])
    })
  )

  it.live("says why a node does not start; the flags of the command are none of its own", () =>
    Effect.gen(function* () {
      const { ended, errors } = yield* cluster("--serve=--nonsense", "--", "true", "--verbose")
      assert.match(errors.text, /^cluster: a server or broker did not start: exit code 2\n.*--nonsense/)
      assert.strictEqual(ended.code, 3)
    })
  )
})
