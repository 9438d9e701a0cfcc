import { readFileSync } from "node:fs"
import { assert, describe, it, onTestFinished } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Process } from "../process/Process.ts"
import { ChatError, connect, createServer } from "../src/index.ts"

/** An example as a person would start it; it does not outlive the test. */
const run = (name: string, args: ReadonlyArray<string | number>, input?: string) => {
  const command = [process.execPath, `examples/${name}.ts`, ...args.map(String)]
  const program = new Process({ command, ...(input === undefined ? { keepsInputOpen: true } : { input }) })
  onTestFinished(() => Effect.runPromise(program.kill))
  return {
    prints: (pattern: RegExp) => Effect.runPromise(program.prints(pattern)),
    errors: program.errors,
    interrupt: () => program.child.kill("SIGINT"),
    end: () => Effect.runPromise(program.end)
  }
}

const start = () => createServer({ hosts: ["127.0.0.1"], port: 0, logLevel: "error" })

describe("examples/embedding.ts", () => {
  it("is what the README shows", () => {
    const example = readFileSync("examples/embedding.ts", "utf8")
    assert.include(readFileSync("README.md", "utf8"), `\`\`\`ts\n${example}\`\`\`\n`)
  })

  it("runs, refuses, masks, and tells what happens", async () => {
    const program = run("embedding", [])
    const [, port] = await program.prints(/listening on port (\d+)/)
    const mallory: unknown = await connect({ port: Number(port), username: "mallory" }).catch(
      (reason: unknown) => reason
    )
    assert.strictEqual((mallory as ChatError).message, "refused: you know why (login_refused)")
    await using alice = await connect({ port: Number(port), username: "alice" })
    await alice.say("darn")
    await program.prints(/type: 'joined'[^]*content: '\*\*\*\*'/)
  })
})

describe("examples/bots", () => {
  it("echo says again what others say, and logs out on Ctrl-C", async () => {
    await using server = await start()
    const echo = run("bots/echo", [server.port])
    await echo.prints(/echo is here/)
    await using alice = await connect({ port: server.port, username: "alice" })
    await alice.say("hello")
    const heard = (await alice.events.next()).value
    assert.deepStrictEqual(heard, { type: "message", username: "echo", content: "hello" })
    echo.interrupt()
    assert.deepStrictEqual((await alice.events.next()).value, { type: "left", username: "echo" })
    assert.strictEqual((await echo.end()).code, 0)
  })

  it("moderator masks bad words, removes who says too many, and does not let them back in", async () => {
    const moderator = run("bots/moderator", [0, "darn"])
    const [, port] = await moderator.prints(/listening on port (\d+)/)
    await using alice = await connect({ port: Number(port), username: "alice" })
    await using bob = await connect({ port: Number(port), username: "bob" })
    await alice.say("darn, Darn!")
    assert.deepStrictEqual((await bob.events.next()).value, {
      type: "message",
      username: "alice",
      content: "****, ****!"
    })
    const error: unknown = await alice.say("darn").catch((reason: unknown) => reason)
    assert.include(["kicked", "message_refused"], (error as ChatError).code)
    assert.strictEqual((await bob.events.next()).value?.type, "left")
    assert.deepStrictEqual((await bob.events.next()).value, {
      type: "message",
      username: "moderator",
      content: "alice had to leave"
    })
    const again: unknown = await connect({ port: Number(port), username: "eve" }).catch(
      (reason: unknown) => reason
    )
    assert.strictEqual((again as ChatError).code, "login_refused")
    await bob.close()
    moderator.interrupt()
    assert.strictEqual((await moderator.end()).code, 0)
  })

  it("bridge says the lines of its input, and leaves at its end", async () => {
    await using server = await start()
    await using alice = await connect({ port: server.port, username: "alice" })
    const bridge = run("bots/bridge", [server.port, "log"], "one\n\ntwo\n")
    const heard = []
    for (let i = 0; i < 4; i++) heard.push((await alice.events.next()).value)
    assert.deepStrictEqual(heard, [
      { type: "joined", username: "log" },
      { type: "message", username: "log", content: "one" },
      { type: "message", username: "log", content: "two" },
      { type: "left", username: "log" }
    ])
    assert.strictEqual((await bridge.end()).code, 0)
  })

  it("bridge prints what others say, with nothing in it that could move a cursor", async () => {
    await using server = await start()
    await using alice = await connect({ port: server.port, username: "alice" })
    const bridge = run("bots/bridge", [server.port])
    assert.strictEqual((await alice.events.next()).value?.type, "joined")
    await alice.say("hello \u001b[2J")
    await bridge.prints(/<alice> hello ␛\[2J/)
  })

  it.each(["echo", "bridge"])("%s says in one line why it cannot connect", async (name) => {
    const server = await start()
    await server.close()
    const bot = run(`bots/${name}`, [server.port])
    assert.strictEqual((await bot.end()).code, 1)
    assert.match(bot.errors.text, /^cannot connect to [^\n]*\n$/)
  })
})
