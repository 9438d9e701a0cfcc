import { spawnSync } from "node:child_process"
import { once } from "node:events"
import { text } from "node:stream/consumers"
import { assert, describe, it, onTestFinished } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Process } from "../process/Process.ts"
import { serving } from "./support/program.ts"
import { dial } from "./support/dial.ts"

/** A client that has logged in, and all that it is sent until it ends. */
const member = async (port: number) => {
  const socket = dial(port)
  socket.write('{"type":"login","username":"alice"}')
  await once(socket, "readable")
  return { socket, said: text(socket) }
}

/** Runs a command that keeps its input open, until it prints this; it does not outlive the test. */
const running = async (command: ReadonlyArray<string>, pattern: RegExp) => {
  const program = new Process({ command, keepsInputOpen: true })
  onTestFinished(() => Effect.runPromise(program.kill))
  await Effect.runPromise(Effect.orDie(program.prints(pattern)))
  return program.child
}

/** Ends the client of alice in some way, and tries her name as soon as she has left. */
const leaves = async (port: number, end: () => void) => {
  const bob = dial(port)
  const heard = text(bob)
  bob.write('{"type":"login","username":"bob","features":["presence"]}')
  await once(bob, "readable")
  const left = new Promise<void>((resolve) => {
    bob.on("data", (bytes: Buffer) => bytes.includes('"left"') && resolve())
  })
  end()
  await left
  const { said, socket } = await member(port)
  socket.write('{"type":"logout"}')
  assert.match(await said, /Bienvenue, alice/)
  bob.destroy()
  await heard.catch(() => {})
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

describe("A client whose session the server would keep", () => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    it(`RESUME-6: logs out on ${signal}, so that its name is free at once`, async () => {
      const { port } = await serving("--log-level", "error")
      const command = [process.execPath, "bin/palabre.js", "client", `:${port}`, "-u", "alice", "--json"]
      const child = await running(command, /Bienvenue/)
      await leaves(port, () => child.kill(signal))
    })

  for (const [how, end] of [
    ["Ctrl-C", ({ stdin }: Process["child"]) => stdin!.write("\u0003")],
    ["Ctrl-D", ({ stdin }: Process["child"]) => stdin!.write("\u0004")],
    ["the end of its terminal", (child: Process["child"]) => child.kill("SIGKILL")]
  ] as const)
    it.skipIf(!hasScript)(`RESUME-6: logs out on ${how}`, async () => {
      const { port } = await serving("--log-level", "error")
      const client = `exec "${process.execPath}" bin/palabre.js client :${port} -u alice`
      const child = await running(["script", "-qfec", client, "/dev/null"], /1 here: alice/)
      await leaves(port, () => end(child))
    })
})
