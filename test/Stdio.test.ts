import { execFile } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { temporaryFolder } from "./support/temporaryFolder.ts"

const folder = temporaryFolder()

const never = join(folder, "never.yaml")
writeFileSync(
  never,
  "scenario: a name that nobody gets\ncast: [alice]\nsteps:\n  - alice connects\n  - alice is refused:\n      within: 100ms\n"
)

/** Runs a command line of Bash, in which `$node` is Node: gives its exit code, or that of what comes first in a pipe. */
const bash = (command: string): Promise<{ code: unknown; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, node: process.execPath, GITHUB_ACTIONS: undefined }
    const line = `${command}; exit \${PIPESTATUS[0]}`
    execFile("bash", ["-c", line], { env, maxBuffer: 1 << 24 }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr })
    )
  })

const harness = '"$node" harness/main.ts'
const commands: ReadonlyArray<readonly [command: string, code: number, says?: string]> = [
  [`${harness} scenario list`, 0],
  [`${harness} scenario schema`, 0],
  [`${harness} scenario check`, 0],
  [`${harness} scenario explain MSG-3`, 0],
  [`${harness} scenario --help`, 0],
  [`${harness} scenario ${never}`, 1, "harness: 1 scenario failed\n"],
  [`echo "alice logs in" | ${harness} repl --json`, 0],
  ['"$node" bin/palabre.js --version', 0]
]

describe("output that cannot be written", () => {
  for (const [command, code, says = ""] of commands) {
    const speaker = command.includes("bin/palabre") ? "palabre" : "harness"

    it(`is told of in one line, with an exit code of its own: ${command}`, async () => {
      const inPipe = command.includes(" | ") ? `(${command})` : command
      assert.deepStrictEqual(await bash(`${inPipe} > /dev/full`), {
        code: 74,
        stdout: "",
        stderr: `${says}${speaker}: cannot write to standard output: ENOSPC: no space left on device, write\n`
      })
    })

    it(`is no trouble where its reader has left: ${command}`, async () => {
      const inPipe = command.includes(" | ") ? `(set -o pipefail; ${command})` : command
      assert.deepStrictEqual(await bash(`${inPipe} | head -c 0`), { code, stdout: "", stderr: says })
    })
  }

  it("is told of by a client as well, but where its reader has left", async () => {
    const serving = '"$node" bin/palabre.js serve --host 127.0.0.1 --port 0 > >(sed -u "s/.*://;q")'
    const client = '(echo /help; echo hello) | "$node" bin/palabre.js client "127.0.0.1:$port" --json'
    const start = `coproc ${serving} 2>&1; read -r port <&"\${COPROC[0]}"`
    const full = await bash(
      `${start}; ${client} -u alice > /dev/full; code=$?; kill $COPROC_PID; (exit $code)`
    )
    assert.strictEqual(full.code, 74, full.stderr)
    assert.match(full.stderr, /palabre: cannot write to standard output: ENOSPC.*\n$/)
  })

  it("is told of where a report's folder is gone in the meantime, beside the verdict", async () => {
    const reports = temporaryFolder()
    const server = `rm -rf ${reports}; exec '${process.execPath}' test/harness/program.ts {port}`
    const { code, stderr } = await bash(
      `${harness} scenario ${never} --spawn "${server}" --reporter junit=${reports}/junit.xml`
    )
    assert.strictEqual(code, 74)
    assert.match(stderr, /^harness: 1 scenario failed\nharness: cannot write a report: ENOENT: .*\n$/)
  })
})

it("All that is written to standard error arrives", async () => {
  const program = `
    import * as Console from "effect/Console"
    import * as Command from "effect/cli/Command"
    import { runMain } from "./src/commands/Cli.ts"
    runMain(Command.make("loud", {}, () => Console.error("x".repeat(1_000_000))), [])`
  const { stdout } = await bash(`"$node" --input-type=module -e '${program}' 2>&1 | wc -c`)
  assert.strictEqual(stdout.trim(), "1000001")
})
