import { assert, describe, it } from "@effect/vitest"
import { Progress } from "../../../harness/grade/Progress.ts"
import { english } from "../../../harness/texts/en.ts"

describe("the progress of a class", () => {
  it("says who is judged, how far that is, and how long the rest may take", () => {
    const progress = new Progress(5, 2, 40, english.grading)
    assert.strictEqual(progress.line, "0 of 5 graded")
    progress.begins("alice")
    progress.begins("bob")
    for (const file of ["login", "list", "login"]) progress.begins("alice", file)
    assert.strictEqual(progress.line, "0 of 5 graded · alice 2/40, bob 0/40")
    progress.ends("alice", 20_000)
    progress.ends("bob", 40_000)
    progress.begins("carol")
    assert.strictEqual(progress.line, "2 of 5 graded · carol 0/40 · about 60 s left")
    for (const name of ["carol", "dave", "eve"]) progress.ends(name, 30_000)
    assert.strictEqual(progress.line, "5 of 5 graded")
  })

  it("counts minutes where seconds are too many", () => {
    const progress = new Progress(11, 1, 40, english.grading)
    progress.ends("alice", 60_000)
    assert.strictEqual(progress.line, "1 of 11 graded · about 10 min left")
  })
})
