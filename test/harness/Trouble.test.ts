import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { troubleOf } from "../../harness/stage/Trouble.ts"
import { trustOf } from "../../harness/targets/Trust.ts"
import { run, shell } from "../../process/Process.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

const folder = temporaryFolder()

const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const crowd = (does: string): string =>
  file(
    `${does}.yaml`,
    `scenario: a crowd ${does}\nlevel: should\ncast: { guest: { count: 100 } }\nsteps:\n  - every guest ${does}\n`
  )
const server = `"${process.execPath}" test/harness/program.ts {port} correct`

const kindOf = (code: string) => troubleOf({ code, name: "", message: "" })?.isLasting

/** The harness against a server of its own, after the shell has done something. */
const after = (before: string, file: string) =>
  Effect.map(
    run({
      command: [
        ...shell(`${before} "$0" "$@"`),
        process.execPath,
        "harness/main.ts",
        "scenario",
        file,
        "--reporter",
        "json",
        "--spawn",
        server
      ]
    }),
    ({ ended, errors, output }) => ({ code: ended.code, out: output.text, errors: errors.text })
  )

describe("trouble of one's own", () => {
  it.live("with the limit on open files makes a scenario inconclusive, and advises to raise it", () =>
    Effect.gen(function* () {
      const { code, out } = yield* after("ulimit -n 64;", crowd("connects"))
      const { scenarios } = JSON.parse(out) as { scenarios: ReadonlyArray<Record<string, unknown>> }
      assert.strictEqual(scenarios[0]!["verdict"], "inconclusive")
      assert.match(String(scenarios[0]!["reason"]), /raise its limit, as in ulimit -n 4096 \(EMFILE\)$/)
      assert.strictEqual(code, 4)
    })
  )

  it.live("without a network is no failure of the server's (needs root and Linux's namespaces)", (context) =>
    Effect.gen(function* () {
      const { ended } = yield* run({ command: ["unshare", "--net", "true"] })
      if (ended.code !== 0) return context.skip()
      for (const does of ["connects", "cannot connect"]) {
        const { code, errors } = yield* after("unshare --net", crowd(does))
        assert.match(errors, /no way from here to 127\.0\.0\.1: is the network up\? \(ENETUNREACH\)/)
        assert.strictEqual(code, 3)
      }
    })
  )

  it("is told from what a server does by the error, and passes or lasts", () => {
    for (const code of ["ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EPIPE"]) assert.isUndefined(kindOf(code))
    for (const code of ["EMFILE", "ENFILE", "ENOBUFS", "EADDRNOTAVAIL"]) assert.isFalse(kindOf(code))
    for (const code of ["ENOTFOUND", "EACCES", "EHOSTUNREACH", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"])
      assert.isTrue(kindOf(code))
  })

  it.effect("with the file of a certificate is said before anything is played", () =>
    Effect.gen(function* () {
      const empty = file("empty.pem", "")
      const problems = [
        yield* Effect.flip(trustOf(false, empty)),
        yield* Effect.flip(trustOf(false, "gone.pem"))
      ]
      assert.deepStrictEqual(
        problems.map(({ problem }) => problem),
        [`${empty} holds no certificate in PEM`, "cannot read the certificate gone.pem"]
      )
    })
  )
})
