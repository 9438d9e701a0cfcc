// Prints the passed and failed tests of a JUnit report, as the runner itself counted them, and on stderr the name of each that failed.
import { readFileSync } from "node:fs"

const xml = readFileSync(process.argv[2], "utf8")
const [suites] = /<testsuites\b[^>]*>/.exec(xml) ?? []
const number = (name) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(suites ?? "")?.[1] ?? 0)
const tests = number("tests")
const failed = number("failures") + number("errors")
const skipped = number("skipped")
if (tests === 0) throw new Error(`${process.argv[2]} reports no test`)
console.log(`${tests - failed - skipped} ${failed}`)

const said = (element, attribute) => new RegExp(`\\s${attribute}="([^"]*)"`).exec(element)?.[1] ?? ""
for (const [testcase] of xml.matchAll(/<testcase\b[^>]*[^/]>[\s\S]*?<\/testcase>/g)) {
  const [problem] = /<(?:failure|error)\b[^>]*>/.exec(testcase) ?? []
  if (problem === undefined) continue
  const [head] = /^<testcase\b[^>]*>/.exec(testcase) ?? []
  console.error(
    `FAILED: ${said(head, "classname")} › ${said(head, "name")}: ${said(problem, "message").slice(0, 500)}`
  )
}
