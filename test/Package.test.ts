import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { copyFile, mkdir, symlink, writeFile } from "node:fs/promises"
import { join, resolve } from "node:path"
import { promisify } from "node:util"
import { assert, beforeAll, describe, it, onTestFinished } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Process } from "../process/Process.ts"
import manifest from "../package.json" with { type: "json" }
import { temporaryFolder } from "./support/temporaryFolder.ts"

const run = promisify(execFile)

/** The largest package, as it is downloaded. */
const packedBytesMax = 1_500_000

/** Everything that a package may contain, and each of them at least once. */
const allowed = [
  /^(LICENSE|README\.md|CHANGELOG\.md|package\.json)$/,
  /^bin\/(palabre|main)\.js$/,
  /^(bin|harness|process|src)\/[\w/]+\.(js|js\.map)$/,
  /^src\/[\w/]+\.d\.ts$/,
  /^src\/web\/page\.json$/,
  /^harness\/(grade\/book|report\/html)\/\w+\.(css|js)$/,
  /^scenarios\/((client\/)?[\w-]+\.yaml|schema\.json)$/
]

/** What npm says that it packs. */
interface Packed {
  readonly filename: string
  readonly size: number
  readonly files: ReadonlyArray<{ readonly path: string; readonly mode: number }>
}

/** A folder of a user, in which the package is installed: with a link, so that its dependencies are those here. */
const home = temporaryFolder()
let packed: Packed

beforeAll(async () => {
  await run(process.execPath, ["build.ts"], { env: { ...process.env, GITHUB_REPOSITORY: "someone/palabre" } })
  const { stdout } = await run("npm", ["pack", "--dry-run", "--json", "./dist/package"])
  const [entry] = Object.values(JSON.parse(stdout) as Record<string, Packed>)
  packed = entry!
  await mkdir(join(home, "node_modules/@types"), { recursive: true })
  await symlink(resolve("dist/package"), join(home, "node_modules/palabre"))
  await symlink(resolve("node_modules/@types/node"), join(home, "node_modules/@types/node"))
  await writeFile(join(home, "package.json"), '{ "type": "module" }')
})

/** The command of the package, in the user's folder. */
const palabre = (...args: ReadonlyArray<string>) =>
  run(process.execPath, ["node_modules/palabre/bin/palabre.js", ...args], { cwd: home })

describe("The package", () => {
  it("is named after its version, and small", () => {
    assert.strictEqual(packed.filename, `palabre-${manifest.version}.tgz`)
    assert.isBelow(packed.size, packedBytesMax)
  })

  it("contains what it must and nothing else", () => {
    const paths = packed.files.map(({ path }) => path)
    assert.deepStrictEqual(
      paths.filter((path) => !allowed.some((pattern) => pattern.test(path))),
      []
    )
    for (const pattern of allowed)
      assert.isTrue(
        paths.some((path) => pattern.test(path)),
        String(pattern)
      )
    for (const path of ["src/index.js", "src/index.d.ts", "harness/grade/judge.js", "scenarios/schema.json"])
      assert.include(paths, path)
    for (const path of paths.filter((name) => name.endsWith(".js.map"))) {
      const { sourcesContent } = JSON.parse(readFileSync(join("dist/package", path), "utf8"))
      assert.isString(sourcesContent?.[0], `${path} has its source`)
    }
    assert.isAbove(packed.files.find(({ path }) => path === "bin/palabre.js")!.mode & 0o100, 0)
  })

  it("asks for nothing that only a clone needs", () => {
    const published = JSON.parse(readFileSync("dist/package/package.json", "utf8"))
    assert.deepStrictEqual(Object.keys(published).toSorted(), [
      "bin",
      "dependencies",
      "description",
      "engines",
      "exports",
      "license",
      "name",
      "optionalDependencies",
      "repository",
      "type",
      "version"
    ])
    assert.deepStrictEqual(Object.keys(published.optionalDependencies), [
      "@nats-io/jetstream",
      "@nats-io/transport-node"
    ])
  })

  it("is a command with everything in it", async () => {
    const { stdout: help } = await palabre("--help")
    for (const name of ["serve", "client", "scenario", "diagram", "repl", "record", "grade"])
      assert.match(help, new RegExp(`^  ${name} `, "m"))
  })

  it("knows its version", async () => {
    assert.strictEqual((await palabre("--version")).stdout, `palabre v${manifest.version}\n`)
  })

  it("plays the scenarios that are in it", async () => {
    const scenarios = ["login", "broadcast"].map((name) => `node_modules/palabre/scenarios/${name}.yaml`)
    assert.match((await palabre("scenario", ...scenarios)).stdout, /^2 passed/m)
  })

  it("finds its scenarios unasked, and says how to start its commands", async () => {
    const { stdout } = await palabre("scenario", "explain", "LOGIN-3")
    assert.match(stdout, /npx palabre scenario --proves LOGIN-3/)
    assert.match(stdout, /duplicate-login/)
  })

  it("says in one sentence that Node is too old", async () => {
    const old = 'data:text/javascript,Object.defineProperty(process,"versions",{value:{node:"20.19.0"}})'
    const command = [process.execPath, "--import", old, "node_modules/palabre/bin/palabre.js", "serve"]
    const program = new Process({ command, cwd: home })
    onTestFinished(() => Effect.runPromise(program.kill))
    assert.strictEqual((await Effect.runPromise(program.end)).code, 1)
    assert.match(program.errors.text, /^palabre needs Node 22\.19 or later, and this is [^\n]*\n$/)
    const importing = run(process.execPath, ["--import", old, "--eval", 'await import("palabre")'], {
      cwd: home
    })
    const { stderr } = await importing.catch((error) => error)
    assert.match(stderr, /^Error: palabre needs Node 22\.19 or later/m)
  })

  it("runs the README's example as it stands", async () => {
    await copyFile("examples/embedding.ts", join(home, "embedding.ts"))
    const program = new Process({ command: [process.execPath, "embedding.ts"], cwd: home })
    onTestFinished(() => Effect.runPromise(program.kill))
    await Effect.runPromise(program.prints(/listening on port \d+/))
  })

  it("has types, for the examples and for mistakes", async () => {
    for (const name of ["embedding.ts", "bots/echo.ts", "bots/moderator.ts", "bots/bridge.ts"])
      await copyFile(`examples/${name}`, join(home, name.replace("bots/", "")))
    await writeFile(
      join(home, "mistakes.ts"),
      [
        'import { connect, createServer } from "palabre"',
        "// @ts-expect-error: there is no such option",
        "await createServer({ prot: 0 })",
        "// @ts-expect-error: a number is no answer",
        "await createServer({ onLogin: () => 1 })",
        'const bot = await connect({ port: 1, username: "bot" })',
        "// @ts-expect-error: what may have been missed has no username",
        "for await (const event of bot.events) console.log(event.username)"
      ].join("\n")
    )
    const options = {
      module: "nodenext",
      target: "es2024",
      lib: ["esnext"],
      types: ["node"],
      strict: true,
      noEmit: true,
      skipLibCheck: true
    }
    const files = ["embedding.ts", "echo.ts", "moderator.ts", "bridge.ts", "mistakes.ts"]
    await writeFile(join(home, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files }))
    const { stdout } = await run(resolve("node_modules/.bin/tsc"), ["-p", home]).catch((error) => error)
    assert.strictEqual(stdout, "")
  })
})
