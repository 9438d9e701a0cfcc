import { execFileSync } from "node:child_process"
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import manifest from "./package.json" with { type: "json" }

/** The folder that is packed and published: the sources compiled, in the folders that they are in here. */
const folder = "dist/package"

/** What the compiler leaves out. */
const assets = [...globSync("harness/**/*.{css,js}"), "scenarios", "LICENSE", "README.md", "CHANGELOG.md"]

/** The repository on GitHub, where this is a workflow there: npm wants to see it in what has a provenance. */
const { GITHUB_REPOSITORY: repository } = process.env

/** The fields of a package for others: nothing that only a clone needs, such as a Node of its own. */
const { dependencies, description, engines, license, name, optionalDependencies, type, version } = manifest
const published = {
  name,
  version,
  description,
  license,
  ...(repository && { repository: { type: "git", url: `git+https://github.com/${repository}.git` } }),
  type,
  bin: { palabre: "bin/palabre.js" },
  exports: { ".": { types: "./src/index.d.ts", default: "./src/index.js" } },
  engines,
  dependencies,
  optionalDependencies: Object.fromEntries(
    Object.entries(optionalDependencies).filter(([name]) => name.startsWith("@nats-io/"))
  )
}

for (const stale of [folder, ...globSync("dist/palabre-*.tgz")])
  rmSync(stale, { recursive: true, force: true })
execFileSync("node_modules/.bin/tsc", ["-p", "tsconfig.build.json"], { stdio: "inherit" })
// programs import src/ alone
for (const types of globSync(`${folder}/{bin,harness,process}/**/*.d.ts`)) rmSync(types)
for (const asset of assets) cpSync(asset, join(folder, asset), { recursive: true })
const command = readFileSync("bin/palabre.js", "utf8").replaceAll(/(?<="\.[^"]*)\.ts"/g, '.js"')
writeFileSync(join(folder, "bin/palabre.js"), command, { mode: 0o755 })
writeFileSync(join(folder, "package.json"), `${JSON.stringify(published, null, 2)}\n`)
