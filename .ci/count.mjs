// Prints how many tests of the JUnit report on stdin passed, failed and were skipped, as its runner says of each suite, and on stderr what failed.
import { readFileSync } from "node:fs"

const xml = readFileSync(0, "utf8")
const said = (element, attribute) => new RegExp(`\\s${attribute}="([^"]*)"`).exec(element)?.[1] ?? ""
const suites = xml.match(/<testsuite\s[^>]*>/g) ?? []
const count = (attribute) => suites.reduce((sum, suite) => sum + Number(said(suite, attribute)), 0)

const failed = count("failures") + count("errors")
const skipped = count("skipped")
const passed = count("tests") - failed - skipped
if (passed + failed === 0) throw new Error("no test was run")
console.log(passed, failed, skipped)

for (const [testcase] of xml.matchAll(/<testcase\s[^>]*[^/]>[\s\S]*?<\/testcase>/g)) {
  const [problem] = /<(?:failure|error)\b[^>]*>/.exec(testcase) ?? []
  if (problem === undefined) continue
  const [head] = /^<[^>]*>/.exec(testcase) ?? []
  console.error(
    `FAILED: ${said(head, "classname")} › ${said(head, "name")}: ${said(problem, "message").slice(0, 500)}`
  )
}
