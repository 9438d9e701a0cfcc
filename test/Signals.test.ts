import { spawnSync } from "node:child_process"
import { once } from "node:events"
import { connect } from "node:net"
import { text } from "node:stream/consumers"
import { assert, describe, it, onTestFinished } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Process } from "../process/Process.ts"
import { serving } from "./support/program.ts"

/** A client that has logged in, and all that it is sent until it ends. */
const member = async (port: number) => {
  const socket = connect(port, "127.0.0.1")
  socket.write('{"type":"login","username":"alice"}')
  await once(socket, "readable")
  return { socket, said: text(socket) }
}

/** `script` (util-linux) runs a program in a terminal of its own. */
const hasScript = spawnSync("script", ["--version"]).status === 0
if (!hasScript) console.warn("SKIPPED: there is no `script`, so the end of a terminal was not tried")

describe("SIGHUP", () => {
  it("without a certificate is a warning, and drops nobody", async () => {
    const { child, finished, port, says } = await serving()
    const { said, socket } = await member(port)
    child.kill("SIGHUP")
    await says(/WARN.* no certificate to read again without --tls-cert/)
    socket.write('{"type":"ping"}{"type":"logout"}')
    assert.match(await said, /pong.*\n.*Au revoir/)
    child.kill("SIGTERM")
    assert.strictEqual((await finished()).code, 0)
  })

  it.skipIf(!hasScript)("of a terminal that was closed lets everyone leave in order", async () => {
    const serve = `exec "${process.execPath}" bin/palabre.js serve --host 127.0.0.1 --port 0`
    const terminal = new Process({ command: ["script", "-qfec", serve, "/dev/null"] })
    onTestFinished(() => Effect.runPromise(terminal.kill))
    const [, port] = await Effect.runPromise(Effect.orDie(terminal.prints(/listens on [\d.]+:(\d+)/)))
    const { said } = await member(Number(port))
    terminal.child.kill("SIGKILL")
    assert.match(await said, /shutting_down/)
  })
})
