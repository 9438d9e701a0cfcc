// Prints what CHANGELOG.md says of the version that a tag names: `node .ci/release-notes.mjs v1.2.3`. Fails unless that is
// the version of package.json, and the changelog has something on it under its date.
import { readFileSync } from "node:fs"

const [tag = ""] = process.argv.slice(2)
const { version } = JSON.parse(readFileSync("package.json", "utf8"))
const fail = (problem) => {
  console.error(problem)
  process.exit(1)
}
if (tag !== `v${version}`)
  fail(`The tag is ${tag}, but package.json has version ${version}: the tag must be v${version}.`)
const sections = readFileSync("CHANGELOG.md", "utf8").split(/^## /m).slice(1)
const section = sections.find((text) => text.startsWith(`[${version}]`)) ?? ""
const [heading, ...lines] = section.split("\n")
if (!/^\[\S+\] - \d{4}-\d\d-\d\d$/.test(heading))
  fail(`CHANGELOG.md has no section "## [${version}] - YYYY-MM-DD".`)
const notes = lines.join("\n").trim()
if (notes === "") fail(`CHANGELOG.md says nothing of ${version}.`)
console.log(notes)
