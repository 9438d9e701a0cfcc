import { execFile } from "node:child_process"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { harness, program, type Ran } from "./command.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

const folder = temporaryFolder()

const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const login = file(
  "login.yaml",
  "scenario: a free name\nproves: [LOGIN-1]\ntags: [login]\ncast: [alice]\nsteps:\n  - alice logs in\n"
)
const never = file(
  "never.yaml",
  "scenario: a name that nobody gets\nproves: [LOGIN-1]\ncast: [alice]\nsteps:\n  - alice connects\n  - alice is refused:\n    within: 100ms\n"
)
const softly = file(
  "softly.yaml",
  "scenario: a soft wish\nproves: [LOGIN-2]\ncast: [alice]\nsteps:\n  - alice connects\n  - alice is refused:\n    within: 100ms\n"
)
const wrong = file("wrong.yaml", "scenario: a typo\ncast: [alice]\nsteps:\n  - alice lgos in\n")

const scenario = (...args: ReadonlyArray<string>): Promise<Ran> => harness(["scenario", ...args])

describe("pnpm scenario", () => {
  it("plays a file against our own server", async () => {
    const { code, stderr, stdout } = await scenario(login)
    assert.deepStrictEqual([code, stderr], [0, ""])
    assert.match(stdout, /^pass {2}.*login\.yaml {2}a free name/)
  })

  it("ends with 1 where a scenario failed, and says so", async () => {
    const { code, stderr, stdout } = await scenario(login, `${never}:5`, "--seed", "7")
    assert.deepStrictEqual([code, stderr], [1, "harness: 1 scenario failed\n"])
    assert.include(stdout, `   pnpm scenario ${never}:6 --seed 7\n   pnpm scenario explain LOGIN-1\n`)
  })

  it("only warns where a should failed, unless it is strict", async () => {
    assert.strictEqual((await scenario(softly)).code, 0)
    assert.strictEqual((await scenario(softly, "--strict")).code, 1)
  })

  it("ends with 2 where a file has a mistake, and plays nothing", async () => {
    const { code, stderr, stdout } = await scenario(login, wrong)
    assert.deepStrictEqual([code, stdout], [2, ""])
    assert.strictEqual(
      stderr,
      `${wrong}:4:5: error: unknown sentence "alice lgos in"; did you mean "alice logs in"?\n  4 │   - alice lgos in\n    │     ^\nharness: 1 mistake; nothing was played\n`
    )
  })

  it("points at a mistake in a long line, behind wide characters, among invisible ones", async () => {
    const odd = file(
      "odd.yaml",
      `scenario: odd\ncast: [alice]\nsteps:\n  - alice logs in\n  - { "alice says": "${"x".repeat(200)}漢字😀\u00a0", withn: 2s, because: "${"y".repeat(200)}" }\n`
    )
    const { stderr } = await scenario("check", odd)
    const lines = stderr.split("\n").slice(0, 3)
    assert.deepStrictEqual(lines, [
      `${odd}:5:230: error: unknown option "withn"; did you mean "within"?`,
      `  5 │ …${"x".repeat(53)}漢字😀\\u00a0", withn: 2s, because: "${"y".repeat(39)}…`,
      `    │ ${" ".repeat(69)}^`
    ])
  })

  it("lists no more mistakes than anybody reads, and says how many there are", async () => {
    const many = file("many.yaml", `scenario: many\ncast: [a]\nsteps:\n${"  - x\n".repeat(5_000)}`)
    const { code, stderr } = await scenario("check", many, wrong)
    assert.strictEqual(code, 2)
    assert.lengthOf(stderr.match(/: error: /g) ?? [], 50)
    assert.match(stderr, /\nand 4951 more\nharness: 5001 mistakes; nothing was played\n$/)
  })

  it("explains a clause, however its letters are written, and a scenario by its file or name", async () => {
    const clause = await scenario("explain", "msg-3")
    assert.strictEqual(clause.code, 0)
    assert.match(clause.stdout, /^MSG-3 {2}nobody hears their own message {2}\(must\)\n/)
    for (const name of ["broadcast", "scenarios/broadcast.yaml"])
      assert.match((await scenario("explain", name)).stdout, /^a message reaches everyone else once/)
    assert.match((await scenario("explain", login)).stdout, /^a free name {2}\(must\)\n/)
  })

  it("says what to do next, stopping at the first cause", async () => {
    const server = fileURLToPath(new URL("program.ts", import.meta.url))
    const command = `"${process.execPath}" "${server}" {port} "crashes on a message"`
    const { code, stderr, stdout } = await scenario("next", "--spawn", command)
    assert.deepStrictEqual([code, stderr], [1, "harness: there is something to mend\n"])
    assert.match(stdout, /^· login +1 of \d+\n✗ messages +0 of \d+\n· list/)
    assert.include(stdout, "server  the server ended: exit code 3\n          about to give up\n")
    assert.match(stdout, /\n1 of \d+ must clauses hold so far\.\n/)
  })

  it("plays and lists what a level, a clause or a tag selects", async () => {
    assert.strictEqual((await scenario(login, softly, "--level", "should")).stdout.split("pass").length, 1)
    assert.match((await scenario("list", login, softly, "--level", "must")).stdout, /^.*login\.yaml.*\n$/)
    assert.match((await scenario("list", login, softly, "--tags", "login")).stdout, /^.*login\.yaml.*\n$/)
    assert.strictEqual((await scenario("list", "--level", "maybe")).code, 2)
  })

  it("an expression to select by that takes too long is a mistake, and is not waited for", async () => {
    for (const sub of [[], ["list"]]) {
      const { code, stderr } = await scenario(...sub, login, "--grep", "^(.+)+!$")
      assert.deepStrictEqual(
        [code, stderr],
        [2, "harness: the expression of --grep takes too long over a title; write a simpler one\n"]
      )
    }
  })

  it("ends with 2 where there is nothing to explain, and says what was probably meant", async () => {
    assert.deepStrictEqual(await scenario("explain", "brodcast"), {
      code: 2,
      stdout: "",
      stderr: 'harness: there is no clause or scenario "brodcast"; did you mean "broadcast"?\n'
    })
  })

  const usages: ReadonlyArray<readonly [ReadonlyArray<string>, RegExp]> = [
    [["--spawn", "./server"], /has no \{port\}; if the port is compiled in, pass it with --port/],
    [
      ["--spawn", "a {port}", "--connect", "b:1"],
      /--spawn, --connect, --target and --client cannot be combined/
    ],
    [
      ["--client", "./client"],
      /of --client has no \{port\}; if the port is compiled in, pass it with --port/
    ],
    [
      ["--client", "c {port}", "--chaos"],
      /--chaos changes what scripted clients send; no client is judged by it/
    ],
    [["--client", "c {port}", "--client-list", ""], /client-list/],
    [["--connect", "nowhere:port"], /connect: "nowhere:port"\. Expected: HOST:PORT such as 127/],
    [["--connect", "localhost:99999"], /a port is a number from 1 to 65535/],
    [["--spawn", "true", "--port", "99999"], /a port from 1 to 65535/],
    [["--tls"], /--tls and --ca need --spawn or --connect/],
    [["--spawn", "a {port}", "--ca", "nowhere.pem"], /cannot read the certificate nowhere\.pem/],
    [["/dev/null"], /\/dev\/null:1:1: error/],
    [
      [login, "--reporter", "junit=/nowhere/junit.xml"],
      /cannot write a report: ENOENT.*\/nowhere\/junit\.xml/
    ],
    [["nowhere.yaml", "--watch"], /no such file or folder/],
    [["--shard", "5/4"], /shard/],
    [["--reporter", "nice"], /reporter/],
    [["--proves", "LOGIN-99"], /proves/],
    [["--tags", "nothing-has-this-tag", login], /no scenario matches the selection/],
    [[`${login}:99`], /line 99 is past the end of this file/],
    [["nowhere.yaml"], /no such file or folder/]
  ]
  for (const [args, message] of usages)
    it(`ends with 2 for wrong usage, in one line that says what to do: ${args.join(" ")}`, async () => {
      const { code, stderr } = await scenario(...args)
      assert.strictEqual(code, 2, stderr)
      assert.match(stderr, message)
      assert.notInclude(stderr, "    at ")
    })

  it("ends with 3 where the target does not start, with its last words", async () => {
    const { code, stderr, stdout } = await scenario(
      login,
      softly,
      "--spawn",
      "echo sorry >&2; exit 9 # {port}"
    )
    assert.strictEqual(code, 3)
    assert.match(stderr, /^harness: the target was lost: it ended \(exit code 9\) before it listened on /)
    assert.include(stdout, "\n  sorry\n")
    assert.include(stdout, "not played: the target was lost earlier")
  })

  it("writes several reports at once, to files too", async () => {
    const out = join(folder, "out.xml")
    const { stdout } = await scenario(login, "--reporter", "tap", "--reporter", `junit=${out}`)
    assert.include(stdout, "ok 1 - a free name")
    assert.include(readFileSync(out, "utf8"), '<testcase name="a free name"')
  })

  it("adds annotations under GitHub Actions, and colours only where it is told to", async () => {
    const actions = await harness(["scenario", never, "--reporter", "json"], { GITHUB_ACTIONS: "true" })
    assert.match(actions.stderr, /^::error file=.*never\.yaml,line=6,/m)
    assert.property(JSON.parse(actions.stdout), "scenarios")
    assert.notInclude(actions.stderr, "\u001b")
    assert.include((await harness(["scenario", login], { FORCE_COLOR: "1" })).stdout, "\u001b[32m")
    const both = await harness(["scenario", login], { FORCE_COLOR: "1", NO_COLOR: "1" })
    assert.notInclude(both.stdout, "\u001b")
    assert.strictEqual(both.stderr, "")
  })

  it("plays each so often, several at a time, and stops at a failure if told to", async () => {
    const { stdout } = await scenario(login, never, "--repeat-each", "3", "-j2", "--reporter", "json")
    const { scenarios } = JSON.parse(stdout) as {
      readonly scenarios: ReadonlyArray<{ readonly verdict: string }>
    }
    assert.deepStrictEqual(
      scenarios.map(({ verdict }) => verdict),
      ["passed", "passed", "passed", "failed", "failed", "failed"]
    )
    const bailed = await scenario(never, "--repeat-each", "2", "--bail", "--reporter", "tap")
    assert.include(bailed.stdout, "# SKIP not played: the run stopped at a failure (--bail)")
  })
})

describe("--last-failed", () => {
  const here = temporaryFolder()
  const again = (...args: ReadonlyArray<string>) => harness(["scenario", ...args], {}, "", here)

  it("plays what did not pass, until nothing is left to do", async () => {
    const { code, stderr, stdout } = await again("--last-failed", login)
    assert.deepStrictEqual([code, stdout, stderr], [0, "", "nothing failed last time\n"])
    await again(login, never)
    assert.match((await again("--last-failed", login, never)).stderr, /^harness: 1 scenario failed$/m)
    assert.include((await again("--last-failed", login)).stderr, "no scenario matches the selection")
  })

  it("knows a file however its path is written", async () => {
    writeFileSync(join(here, "own.yaml"), readFileSync(never))
    await again("./own.yaml")
    for (const path of ["own.yaml", join(here, "own.yaml"), "."])
      assert.match((await again("--last-failed", path)).stderr, /^harness: 1 scenario failed$/m, path)
  })

  it("plays all where its memory is damaged", async () => {
    const memory = join(here, "node_modules/.cache/palabre/last-failed.json")
    for (const damaged of ["", '["a.ya', '{"a": 1}', "[1]"]) {
      writeFileSync(memory, damaged)
      const { code, stderr } = await again("--last-failed", login)
      assert.deepStrictEqual([code, stderr], [0, "what failed last time is not known: playing all\n"])
    }
  })

  it("is not to be had in a folder that is gone, which hinders nothing", async () => {
    const gone = temporaryFolder()
    const commands = `cd ${gone} && rmdir ${gone} && exec "${process.execPath}" "${program}" scenario ${login}`
    const { stdout } = await promisify(execFile)("sh", ["-c", commands])
    assert.match(stdout, /^pass /)
    assert.isFalse(existsSync(gone))
  })
})

describe("what is printed to be used", () => {
  it("is a command line that can be pasted, whatever the file is called", async () => {
    const odd = file("my fail's $(x).yaml", readFileSync(never, "utf8"))
    const { stdout } = await scenario(odd)
    const [line] = /pnpm scenario .*/.exec(stdout)!
    const pasted = await promisify(execFile)("sh", ["-c", line.replace("pnpm scenario", "printf '%s\\n'")])
    assert.strictEqual(pasted.stdout.split("\n")[0], `${odd}:6`)
  })

  it("has paths as GitHub knows them, for mistakes too", async () => {
    const env = { GITHUB_ACTIONS: "true", GITHUB_WORKSPACE: join(folder, "..") }
    const inside = basename(folder)
    const failed = await harness(["scenario", "never.yaml"], env, "", folder)
    assert.match(failed.stderr, new RegExp(`^::error file=${inside}/never\\.yaml,line=6,`, "m"))
    const mistaken = await harness(["scenario", "check", wrong], env, "", folder)
    assert.include(
      mistaken.stderr,
      `::error file=${inside}/wrong.yaml,line=4,col=5::unknown sentence "alice lgos in"`
    )
    const elsewhere = await harness(["scenario", "check", wrong], { ...env, GITHUB_WORKSPACE: "/nowhere" })
    assert.include(elsewhere.stderr, `::error file=${wrong},`)
  })
})

describe("the language of a report", () => {
  const unset = { LC_ALL: undefined, LC_MESSAGES: undefined }
  const ends = {
    fr: ["attendu   un refus\u00a0: un status autre que", "harness: 1 scénario en échec\n"],
    en: ["expected  a refusal: status other than", "harness: 1 scenario failed\n"]
  }
  it.each([
    ["--locale fr", ["--locale", "fr"], {}, "fr"],
    ["LANG=fr_FR.UTF-8", [], { ...unset, LANG: "fr_FR.UTF-8" }, "fr"],
    ["LANG=C", [], { ...unset, LANG: "C" }, "en"],
    ["--locale en, whatever LANG says", ["--locale", "en"], { ...unset, LANG: "fr_FR.UTF-8" }, "en"]
  ] as const)("follows %s", async (_, flags, env, locale) => {
    const { code, stderr, stdout } = await harness(["scenario", never, ...flags], env)
    const [inReport, last] = ends[locale] as [string, string]
    assert.include(stdout, inReport)
    assert.deepStrictEqual([code, stderr], [1, last])
  })

  it("is that of explanations, too", async () => {
    const { stdout } = await harness(["scenario", "explain", "MSG-3", "--locale", "fr"])
    assert.include(stdout, "MSG-3  personne n'entend son propre message  (must)")
  })
})

describe("its subcommands", () => {
  it("check reads and plays nothing", async () => {
    assert.deepStrictEqual(await scenario("check", login, never), {
      code: 0,
      stdout: "2 scenarios, no mistakes\n",
      stderr: ""
    })
    assert.strictEqual((await scenario("check", wrong)).code, 2)
  })

  it("list tells what there is, also to programs", async () => {
    assert.strictEqual((await scenario("list", login)).stdout, `${login}  a free name  must LOGIN-1\n`)
    assert.deepStrictEqual(JSON.parse((await scenario("list", "--json", login)).stdout), [
      {
        file: login,
        line: 1,
        scenario: "a free name",
        proves: ["LOGIN-1"],
        level: "must",
        tags: ["login"],
        needs: []
      }
    ])
  })

  it("--help shows what works, with the exit codes", async () => {
    const { code, stdout } = await scenario("--help")
    assert.strictEqual(code, 0)
    for (const word of [
      "--spawn",
      "--connect",
      "--target",
      "--last-failed",
      "--watch",
      "check",
      "schema",
      "Exit codes"
    ])
      assert.include(stdout, word)
    for (const word of ["diagram", "fuzz", "grade", "record", "--completions"])
      assert.notInclude(stdout, word)
  })
})
