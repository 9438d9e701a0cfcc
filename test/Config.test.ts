import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { checked } from "../src/settings/Check.ts"
import { readConfigFile } from "../src/settings/ConfigFile.ts"
import type { Setting } from "../src/settings/Setting.ts"
import { defaults, table } from "../src/settings/Settings.ts"
import { palabre, serve, serving } from "./support/program.ts"
import { temporaryFolder } from "./support/temporaryFolder.ts"
import { dial } from "./support/dial.ts"

const folder = temporaryFolder()

let files = 0
const fileOf = (...lines: ReadonlyArray<string>): string => {
  const file = join(folder, `${files++}.yaml`)
  writeFileSync(file, lines.map((line) => `${line}\n`).join(""))
  return file
}

const check = (file: string) => palabre(["check-config", file]).finished()

const storeOf = (password: string) => `nats://me:${password}@127.0.0.1:4222`

describe("--config", () => {
  it("a flag counts more than a variable, and that more than the file, and that more than the profile", async () => {
    const file = fileOf("host: [127.0.0.1]", "port: 0", "locale: fr", "profile: public", "log-level: warn")
    /** The language that it speaks, and the profile that it has. */
    const speaks = async (flags: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) => {
      const variables = { ...(process.env as Record<string, string>), ...env }
      const { listening, says } = palabre(["serve", "--config", file, ...flags], { env: variables })
      const socket = dial(await listening()).end('{"type":"list"}')
      await says(/Serving the open network without TLS/)
      return /Log in first/.test(await text(socket)) ? "en" : "fr"
    }
    assert.strictEqual(await speaks([]), "fr")
    assert.strictEqual(await speaks([], { PALABRE_LOCALE: "en" }), "en")
    assert.strictEqual(await speaks(["--locale", "fr"], { PALABRE_LOCALE: "en" }), "fr")
  })

  it("has the name of each flag, and takes the value of each as its help writes it", async () => {
    const rows = Object.entries(table) as ReadonlyArray<readonly [string, Setting<unknown>]>
    const lines = rows.map(
      ([
        ,
        {
          defaults: { public: value },
          flag,
          format
        }
      ]) => `${flag}: ${JSON.stringify(format(value))}`
    )
    const { profile, values } = await Effect.runPromise(readConfigFile(fileOf("profile: public", ...lines)))
    assert.strictEqual(profile, "public")
    assert.deepStrictEqual(await Effect.runPromise(checked(values, "lab")), defaults("public"))
  })

  it("mistakes are told with their places before anything listens, by check-config alike", async () => {
    const file = fileOf("prot: 1", "max-frame: 64KB", "max-frame: 1KiB", "profile: lob", "port:")
    const expected = [
      `${file}:3:1: Map keys must be unique`,
      `${file}:1:1: there is no setting "prot"; did you mean port?`,
      `${file}:2:12: max-frame: "64KB"; expected bytes from 256`,
      `${file}:4:10: profile: "lob"; expected one of lab, public`,
      `${file}:5:6: port: no value; expected a whole number from 0 to 65535`
    ]
    for (const { code, err, out } of [await check(file), await serve(["--config", file]).finished()]) {
      const lines = err.trim().replace("palabre: ", "").split("\n")
      assert.deepStrictEqual(
        lines.map((line, i) => line.slice(0, expected[i]?.length)),
        expected
      )
      assert.deepStrictEqual([code, out], [2, ""])
    }
    for (const [lines, problem] of [
      [
        ["just a text"],
        /:1:1: expected the names of settings, each with its value, such as max-clients: 500/
      ],
      [["port: 9000", "metrics-port: 9000"], /--metrics-port and --port are the same/],
      [["tls-cert: nowhere.pem"], /give both, or neither/],
      [["host: &a [127.0.0.1]", "web-host: *a"], /^palabre: \S+:2:11: web-host: "\*a"; expected an address/],
      [["port: {a: 1}"], /^palabre: \S+:1:7: port: "\{a: 1\}"; expected a whole number/],
      [["host: []"], /^palabre: \S+:1:7: host: "\[\]"; expected an address/],
      [["host: 127.0.0.1:9000"], /^palabre: \S+:1:7: host: "127.0.0.1:9000"; expected an address/],
      [
        ["store: nats:user:secret@10.0.0.1"],
        /^palabre: \S+:1:8: store: "nats:…@10.0.0.1"; expected the path/
      ],
      [["store: nats:10.0.0.1:4222"], /^palabre: \S+:1:8: store: "nats:10.0.0.1:4222"; expected the path/],
      [
        ["port: 0", "---", "port: 1"],
        /^palabre: \S+:2:1: a second document begins here; only one is read\n$/
      ],
      [[`host: ${"[".repeat(1_000)}`], /^palabre: \S+:1:\d+: .+\n\S+:1:7: host: ".{80}"; expected [^\n]+\n$/]
    ] as const) {
      const { code, err } = await check(fileOf(...lines))
      assert.match(err, problem)
      assert.strictEqual(code, 2)
    }
    assert.match(
      (await check(join(folder, "nowhere.yaml"))).err,
      /^palabre: cannot read .*nowhere.yaml: ENOENT/
    )
  })

  it("a mistake in an address tells nobody the password, wherever it stands", async () => {
    const store = storeOf("s3cr/t@/")
    const variables = { ...(process.env as Record<string, string>), PALABRE_STORE: store }
    for (const told of [
      await serve(["--store", store]).finished(),
      await serve([], { env: variables }).finished(),
      await check(fileOf(`store: "${store}"`)),
      await palabre(["nodes", store]).finished()
    ]) {
      assert.strictEqual(told.code, 2, told.err)
      assert.match(told.err, /"nats:\/\/…@127\.0\.0\.1:4222".*xpected.*in a password, \/ is %2F/)
      assert.notInclude(told.err, "s3cr")
    }
    for (const password of ["s3cr/t", "s3cr?t", "s3cr#t", "s3cr,t", "s3cr%t", "s3cr%cd"]) {
      const { message } = await Effect.runPromise(Effect.flip(checked({ store: storeOf(password) })))
      assert.match(message, /^--store \(store\) is 'nats:\/\/…@127\.0\.0\.1:4222'; expected/)
    }
  })

  it("check-config says that a file is fine", async () => {
    const file = fileOf("# comments are fine", "max-clients: 500", "exempt: []")
    const { code, out } = await check(file)
    assert.deepStrictEqual([code, out], [0, `${file} is fine: 2 settings, profile lab\n`])
    assert.strictEqual((await check(fileOf(""))).code, 0)
    const odd = await check(fileOf("store: chat.db", "store-max: 255MiB", "max-outbox: 64KiB"))
    assert.strictEqual(odd.code, 0)
    assert.match(
      odd.err,
      /^palabre: --max-outbox is less than [^\n]+\npalabre: --store-max is less than [^\n]+\n$/
    )
  })
})

describe("The profile lab", () => {
  it("warns where others than this machine can connect, and only there", async () => {
    const open = palabre(["serve", "--host", "0.0.0.0", "--port", "0"])
    await open.says(/WARN .*Others than this machine can connect.*--profile public/)
    const { child, finished } = await serving()
    child.kill("SIGTERM")
    assert.notMatch((await finished()).err, /WARN/)
  })
})
