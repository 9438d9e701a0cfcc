import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { promisify } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { harness, program } from "./command.ts"

describe("pnpm repl from a pipe", () => {
  it("is a scripted client", async () => {
    const { code, stdout } = await harness(["repl", "--json"], {}, "alice logs in\nalice says: hello\n")
    assert.strictEqual(code, 0)
    assert.deepStrictEqual(JSON.parse(stdout.trim().split("\n").at(-1)!), { event: "end", verdict: "passed" })
  })
  it("tells how the server ended, with its last words", async () => {
    const server = `"${process.execPath}" test/harness/program.ts {port} "crashes on a message"`
    const lines = "alice logs in\nalice says: hello\n"
    const { code, stderr } = await harness(["repl", "--spawn", server], {}, lines)
    assert.deepStrictEqual(
      [code, stderr],
      [3, "harness: line 2 failed: the server ended (exit code 3)\nabout to give up\n"]
    )
  })
  it("does not take a folder for a script", async () => {
    const run = promisify(execFile)
    const error = await run("sh", ["-c", `"${process.execPath}" "${program}" repl < "${tmpdir()}"`]).catch(
      (error: unknown) => error
    )
    assert.deepInclude(error, { code: 2, stderr: "harness: standard input is a folder, not a script\n" })
  })
  it("plays the example of the README", async () => {
    const { code, stderr } = await harness(["repl"], {}, readFileSync("examples/greeting.txt", "utf8"))
    assert.deepStrictEqual([code, stderr], [0, ""])
  })
  it("fails as a scenario would", async () => {
    const { code, stderr } = await harness(["repl"], {}, "alice logs in\nalice receives: { status: error }\n")
    assert.deepStrictEqual([code, stderr], [1, "harness: line 2 failed\n"])
  })
})
