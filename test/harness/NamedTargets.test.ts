import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { english } from "../../harness/texts/en.ts"
import { readTarget } from "../../harness/targets/Named.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

const folder = temporaryFolder()

/** The entry `cpp` of a targets file with this text. */
const read = (text: string, name = "cpp") => {
  const file = join(folder, "targets.yaml")
  writeFileSync(file, text)
  return readTarget(name, 1, english, { file, scenarios: ["login", "too-large"] })
}

/** The first mistake in it. */
const complaint = (text: string, name?: string) =>
  Effect.map(
    Effect.flip(read(text, name)),
    ({ mistakes }) => `${mistakes[0]!.line}:${mistakes[0]!.column} ${mistakes[0]!.message}`
  )

describe("--target", () => {
  it.effect("reads UTF-8 alone, and says where there is no file", () =>
    Effect.gen(function* () {
      const file = join(folder, "latin1.yaml")
      writeFileSync(file, Buffer.from("cpp:\n  start: ./café {port}\n", "latin1"))
      for (const [place, message] of [
        [file, "this file is not UTF-8; save it as UTF-8"],
        [`${file}.gone`, "cannot read this file: no such file, or a broken link"]
      ] as const) {
        const { mistakes } = yield* Effect.flip(readTarget("cpp", 1, english, { file: place, scenarios: [] }))
        assert.deepStrictEqual(mistakes, [{ file: place, line: 1, column: 1, message }])
      }
    })
  )

  it.effect("takes all that an entry says", () =>
    Effect.gen(function* () {
      const target = yield* read(
        "cpp:\n  start: ./server {port}\n  cwd: lab\n  env: [HOME, DEBUG=1]\n  claims: [presence]\n  settle: 300ms\n  ignoring: [{ type: notice }]\n  known failures:\n    too-large: it has no limit\n"
      )
      assert.deepStrictEqual(
        [
          target.name,
          target.arguments,
          [...target.claims],
          target.settleMillis,
          target.ignoring.length,
          [...target.knownFailures]
        ],
        ["cpp", "--target cpp", ["presence"], 300, 1, [["too-large", "it has no limit"]]]
      )
    })
  )
  it.effect("takes a client and its words", () =>
    Effect.gen(function* () {
      const { clients } = yield* read(
        "cpp:\n  client: { start: ./client, port: 12345, list: '!who', quit: none }\n"
      )
      const { command, list, port, quit } = clients!
      assert.deepStrictEqual(
        { command, list, port, quit },
        { command: "./client", list: "!who", port: 12345, quit: undefined }
      )
      const plain = yield* read("cpp:\n  client: { start: './client {port}' }\n")
      assert.deepStrictEqual([plain.clients!.list, plain.clients!.quit], ["/list", "/quit"])
    })
  )

  it.effect("tells what is wrong in it", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        [
          yield* complaint("cpp:\n  start: ./server {port}\n", "cp"),
          yield* complaint("cpp:\n  start: ./server\n"),
          yield* complaint("cpp:\n  strat: ./server {port}\n"),
          yield* complaint("cpp:\n  start: ./server {port}\n  claims: [presense]\n"),
          yield* complaint("cpp:\n  start: ./server {port}\n  ca: nowhere.pem\n"),
          yield* complaint("cpp:\n  start: ./server {port}\n  known failures: { too-lrage: why }\n")
        ],
        [
          '1:1 there is no target "cp" here; did you mean "cpp"?',
          "2:3 `start` has no {port}; where the port is compiled in, name it with `port`",
          '2:3 unknown option "strat"; did you mean "start"?',
          '3:12 expected presence, rooms, direct or history, not presense; did you mean "presence"?',
          "1:1 cannot read the certificate nowhere.pem",
          '3:21 there is no scenario "too-lrage"; did you mean "too-large"?'
        ]
      )
    })
  )
})
