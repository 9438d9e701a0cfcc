// Checks what examples/class was graded with: nobody's marks are those of somebody else, and the forger got nothing.
import { readFileSync } from "node:fs"

const folder = "examples/class/grades"

/** How each submission may end, and the marks that it may have: some depend on how far its time suffices. */
const expected = {
  cpp: { outcomes: ["graded"], from: 20, to: 20 },
  c: { outcomes: ["graded"], from: 14, to: 18 },
  python: { outcomes: ["graded"], from: 10, to: 14 },
  hangs: { outcomes: ["graded", "timed_out"], from: 0, to: 4 },
  forger: { outcomes: ["graded", "timed_out"], from: 0, to: 1 },
  unfinished: { outcomes: ["not_built"], from: 0, to: 0 }
}

const [head, ...rows] = readFileSync(`${folder}/grades.csv`, "utf8")
  .trimEnd()
  .split("\r\n")
  .map((row) => row.split(","))
const graded = new Map(
  rows.map((row) => [row[0], Object.fromEntries(head.map((key, index) => [key, row[index]]))])
)

const mistakes = []
for (const [name, { from, outcomes, to }] of Object.entries(expected)) {
  const { marks, outcome } = graded.get(name) ?? {}
  console.log(`${name}: ${outcome}, ${marks}`)
  if (!outcomes.includes(outcome)) mistakes.push(`${name} should be ${outcomes.join(" or ")}`)
  if (!(Number(marks) >= from && Number(marks) <= to))
    mistakes.push(`${name} should have ${from} to ${to} points`)
}

if (graded.get("forger")?.containment === "contained") {
  const report = readFileSync(`${folder}/forger/report.html`, "utf8")
  if (!report.includes("got: nothing")) mistakes.push("the forger does not say that it got nothing")
} else console.warn("SKIPPED: bubblewrap does not work here, so what the forger gets was not looked at")

for (const mistake of mistakes) console.error(`WRONG: ${mistake}`)
process.exit(mistakes.length === 0 ? 0 : 1)
