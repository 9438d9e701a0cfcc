import { once } from "node:events"
import { readFile } from "node:fs/promises"
import { text } from "node:stream/consumers"
import { assert, describe, it } from "@effect/vitest"
import * as Option from "effect/Option"
import { ListenFailed } from "../src/net/Listener.ts"
import { environmentName } from "../src/settings/Setting.ts"
import { defaults, table } from "../src/settings/Settings.ts"
import { type Finished, palabre } from "./support/program.ts"
import { dial } from "./support/dial.ts"

/** A server that listens, and the port it told. */
const serving = async (flags: ReadonlyArray<string> = [], before = "") => {
  const program = palabre(["serve", "--port", "0", ...flags], { before })
  return { ...program, port: await program.listening() }
}

/** A mistake of the user's is a line or two, with an exit code, and never a stack trace. */
const assertTold = ({ code, err, out }: Finished, exitCode: number, message: RegExp): void => {
  assert.strictEqual(code, exitCode)
  assert.match(err, message)
  assert.notMatch(err, /^\s+at /m)
  assert.isAtMost(err.trim().split("\n").length, 3)
  assert.strictEqual(out, "")
}

describe("palabre serve", () => {
  it("prints one line with its address, and drains with exit code 0 on SIGTERM and SIGINT", async () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      const { child, finished, port } = await serving(["--log-level", "warn"])
      const socket = dial(port).end('{"type":"ping"}')
      assert.strictEqual(await text(socket), '{"status":"success","message":"pong"}\n')
      child.kill(signal)
      const { code, err, out } = await finished()
      assert.strictEqual(code, 0)
      assert.match(out, /^palabre listens on 127\.0\.0\.1:\d+( and \[::1\]:\d+)?\n$/)
      assert.strictEqual(err, "")
    }
  })

  it("ends at once on a second signal, although a client never reads", async () => {
    const { child, finished, port } = await serving(["--linger", "1h", "--drain-timeout", "1h"])
    const socket = dial({ port, allowHalfOpen: true })
    const told = once(socket, "data")
    await once(socket, "connect")
    child.kill("SIGTERM")
    assert.match(String(await told), /shutting_down/)
    child.kill("SIGTERM")
    assert.strictEqual((await finished()).code, 143)
  })

  it("a bad flag, value, variable or command is one clear line and exit code 2", async () => {
    assertTold(
      await palabre(["serve", "--port", "high"]).finished(),
      2,
      /--port.*"high".*whole number from 0 to 65535/
    )
    assertTold(await palabre(["serve", "--max-frame", "64KB"]).finished(), 2, /--max-frame.*64KiB/)
    assertTold(await palabre(["serve", "--prot", "1"]).finished(), 2, /--prot/)
    assertTold(await palabre(["serv"]).finished(), 2, /serv/)
    assertTold(
      await palabre(["serve"], { env: { PALABRE_LOCALE: "de" } }).finished(),
      2,
      /PALABRE_LOCALE.*"de".*fr, en/
    )
  })

  it("a port in use is one clear line and exit code 1", async () => {
    const { child, finished, port } = await serving()
    assertTold(await palabre(["serve", "--port", `${port}`]).finished(), 1, /127\.0\.0\.1:\d+.*--port/)
    child.kill("SIGTERM")
    await finished()
  })

  it("does not split a port between servers that are not one chat", async () => {
    assertTold(await palabre(["serve", "--reuse-port"]).finished(), 2, /--reuse-port.*--store nats:/)
  })

  it("says what to do where the system shares no port", () => {
    const failed = new ListenFailed({ host: "::1", port: 443, code: "ENOTSUP", flagPrefix: "web-" })
    assert.match(
      failed.message,
      /^Cannot listen on \[::1\]:443: .*Leave out --reuse-port.*a --web-port of its own/
    )
  })

  it("a profile of its own serves all addresses, of both kinds, and warns once that it speaks no TLS", async () => {
    const { child, finished, port } = await serving(["--profile", "public"])
    const socket = dial(port).end('{"type":"ping"}')
    assert.match(await text(socket), /pong/)
    child.kill("SIGTERM")
    const { code, err, out } = await finished()
    assert.strictEqual(code, 0)
    assert.match(out, /^palabre listens on 0\.0\.0\.0:\d+( and \[::\]:\d+)?\n$/)
    assert.strictEqual(err.match(/without TLS/g)?.length, 1)
  })

  it("says how many clients the open-file limit leaves, and tells the others server_full", async () => {
    const { child, finished, port } = await serving([], "ulimit -n 66;")
    const sockets = [0, 1, 2].map(() => dial(port))
    const answers = sockets.map(async (socket) => {
      socket.write('{"type":"ping"}')
      return String(await once(socket, "data"))
    })
    const told = await Promise.all(answers)
    assert.strictEqual(told.filter((answer) => answer.includes("pong")).length, 2)
    assert.strictEqual(told.filter((answer) => answer.includes("server_full")).length, 1)
    for (const socket of sockets) socket.destroy()
    child.kill("SIGTERM")
    assert.match((await finished()).err, /Serving 2 clients at most, not 10000: the open-file limit is 66/)
  })

  it("serves nobody rather than without files, and says what to do", async () => {
    const { finished } = palabre(["serve", "--port", "0"], { before: "ulimit -n 60;" })
    assertTold(await finished(), 1, /open-file limit is 60.*ulimit -n/)
  })

  it("takes a variable where the flag is missing, and the flag where both are given", async () => {
    const { child, finished, listening } = palabre(["serve", "--", "--port", "0"], {
      env: { PALABRE_HOST: "127.0.0.1", PALABRE_PORT: "1", PALABRE_PROT: "2" }
    })
    await listening()
    child.kill("SIGTERM")
    const { code, err, out } = await finished()
    assert.match(out, /^palabre listens on 127\.0\.0\.1:(?!1\n)\d+\n$/)
    assert.strictEqual(code, 0)
    assert.match(err, /PALABRE_PROT: unknown setting/)
    assert.notMatch(err, /PALABRE_(HOST|PORT)/)
  })

  it("--help tells every flag with its variable and default, --version the version", async () => {
    const help = await palabre(["serve", "--help"]).finished()
    assert.strictEqual(help.code, 0)
    for (const setting of Object.values(table)) {
      assert.include(help.out, `--${setting.flag} `)
      assert.include(help.out, `[${environmentName(setting.flag)}]`)
      for (const value of Object.values(setting.defaults))
        assert.include(help.out, ` ${(setting as { format: (value: unknown) => string }).format(value)}`)
    }
    const { version } = JSON.parse(await readFile("package.json", "utf8"))
    assert.include((await palabre(["--version"]).finished()).out, version)
  })
})

describe("Settings", () => {
  it("what a setting prints it also reads", () => {
    for (const [name, setting] of Object.entries(table)) {
      const { format, parse } = setting as {
        format: (value: unknown) => string
        parse: (text: string) => Option.Option<unknown>
      }
      for (const value of Object.values(setting.defaults))
        if (format(value) !== "none") assert.deepStrictEqual(parse(format(value)), Option.some(value))
      if (setting.metavar.startsWith("FILE")) continue // any text may name a file
      for (const nonsense of ["-1", ".5", "1 e3", "!"])
        assert.isTrue(Option.isNone(parse(nonsense)), `${name} ${nonsense}`)
      if (setting.metavar !== "URL") assert.isTrue(Option.isNone(parse("")), `${name} is empty`)
    }
  })

  it("the defaults serve this machine alone", () => {
    assert.deepStrictEqual(defaults().hosts, ["127.0.0.1", "::1"])
  })
})
