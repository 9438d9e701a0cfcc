// Prints the passed and failed tests of a JUnit report: what the runner itself reported.
import { readFileSync } from "node:fs"

const xml = readFileSync(process.argv[2], "utf8")
const [suites] = /<testsuites\b[^>]*>/.exec(xml) ?? []
const number = (name) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(suites ?? "")?.[1] ?? 0)
const tests = number("tests")
const failed = number("failures") + number("errors")
const skipped = number("skipped")
if (tests === 0) throw new Error(`${process.argv[2]} reports no test`)
console.log(`${tests - failed - skipped} ${failed}`)
