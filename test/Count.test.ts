import { spawnSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"

/** What `.ci/count.mjs` says of a report. */
const countsOf = (xml: string) => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [".ci/count.mjs"], {
    encoding: "utf8",
    input: xml
  })
  return { isCounted: status === 0, stderr, stdout }
}

const report = (...suites: ReadonlyArray<string>) =>
  `<testsuites tests="99">${suites.join("\n")}</testsuites>`
const suite = (tests: number, failures: number, errors: number, skipped: number, cases = "") =>
  `<testsuite name="a" tests="${tests}" failures="${failures}" errors="${errors}" skipped="${skipped}">${cases}</testsuite>`

describe("The count at the end of .ci/run", () => {
  it("is that of all suites, without what was skipped", () => {
    const { stderr, stdout } = countsOf(report(suite(7, 0, 0, 2), suite(4, 1, 1, 1)))
    assert.deepStrictEqual([stdout, stderr], ["6 2 3\n", ""])
  })

  it("names what failed, and nothing else", () => {
    const cases = [
      '<testcase classname="x" name="passed"/>',
      '<testcase classname="x" name="too"></testcase>',
      '<testcase classname="x" name="a &gt; b"><failure message="1, not 2">at x.ts:1</failure></testcase>',
      '<testcase classname="x" name="left out"><skipped/></testcase>',
      '<testcase classname="x" name="hook"><error message="gone"/></testcase>'
    ]
    const { stderr } = countsOf(report(suite(5, 1, 1, 1, cases.join(""))))
    assert.strictEqual(stderr, "FAILED: x › a &gt; b: 1, not 2\nFAILED: x › hook: gone\n")
  })

  it.each([
    ["an empty report", ""],
    ["one that ran nothing", report(suite(3, 0, 0, 3))]
  ])("takes %s for a failure", (_, xml) => {
    const { isCounted, stderr } = countsOf(xml)
    assert.isFalse(isCounted)
    assert.include(stderr, "no test was run")
  })
})
