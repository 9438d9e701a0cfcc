import { assert, describe, it } from "@effect/vitest"
import { Notes } from "../../bench/Notes.ts"
import { withPart } from "../../bench/Documents.ts"
import { excerpt, page } from "../../bench/Page.ts"
import { peers } from "../../bench/Peers.ts"
import { plot } from "../../bench/Plot.ts"
import { formatNumber, report, sectionTable, targetTable } from "../../bench/Report.ts"
import { gaps, outcome, outcomes, type Result } from "../../bench/Result.ts"
import { sections } from "../../bench/Sections.ts"
import type { Sample } from "../../bench/Statistics.ts"
import { markdown, plain } from "../../bench/Table.ts"

const rounds = (figure: string, server: string, ...values: ReadonlyArray<number>): ReadonlyArray<Sample> =>
  values.map((value, i) => ({ round: i + 1, figure, server, value }))

const result: Result = {
  date: "2030-01-02T03:04:05.000Z",
  version: "1.2.3",
  machine: { processor: "Abacus 9", processors: 2, memoryGigabytes: 8, system: "Linux 7", node: "26.0.0" },
  quick: false,
  rounds: 3,
  seconds: 99.6,
  servers: peers
    .filter(({ name }) => ["palabre", "batch-per-turn", "mosquitto"].includes(name))
    .map((peer) => Object.assign({ version: "2.0" }, peer)),
  sections,
  samples: [
    ...rounds("saturated", "palabre", 0.22, 0.2, 0.3),
    ...rounds("saturated", "batch-per-turn", 0.2, 0.2, 0.2),
    ...rounds("saturated", "mosquitto", 8, 8, 8),
    ...rounds("throughput", "palabre", 4_070_000, 4_070_000, 4_070_000),
    ...rounds("memory", "palabre", 5.04, 5.3, 6.21),
    ...rounds("frozen", "palabre", 1.1),
    ...rounds("pause", "palabre", 30, 28, 26)
  ],
  notes: ["Something | is odd."]
}

const sectionNamed = (name: string) => sections.find((section) => section.name === name)!
const targets = new Map(targetTable(result).rows.map(([title, ...cells]) => [title!, cells]))

describe("the tables", () => {
  it("show the middle of the rounds and the ratio with its spread", () =>
    assert.deepStrictEqual(sectionTable(result, sectionNamed("saturated")), {
      columns: ["server", "µs per delivery", "× batch-per-turn", "deliveries/s"],
      rows: [
        ["palabre", "0.22", "1.10 (1.00–1.50)", "4.07 M"],
        ["node:net by hand, a batch per turn", "0.20", "1.00", "–"],
        ["Mosquitto 2.0 (200 clients)", "8.0", "40.00", "–"]
      ]
    }))

  it("leave out servers and figures that were not measured", () =>
    assert.deepStrictEqual(sectionTable(result, sectionNamed("login")), {
      columns: ["server", "KiB per connection"],
      rows: [["palabre", "5.3 (5.0–6.2)"]]
    }))

  it("judge our server by the middle: of the ratio, or of the value", () => {
    assert.deepStrictEqual(targets.get("CPU per delivery, saturated"), [
      "0.22 µs = 1.10 (1.00–1.50) ×",
      "≤ 1.15 × batch-per-turn",
      "≤ 1 × batch-per-turn",
      "reached"
    ])
    assert.deepStrictEqual(targets.get("memory per idle connection, 9,000 logged in"), [
      "5.3 (5.0–6.2) KiB",
      "≤ 9.4 KiB",
      "≤ 6 KiB",
      "stretch"
    ])
    assert.strictEqual(targets.get("ping answered within, 99 of 100, room of 9,000")?.at(-1), "missed")
    assert.strictEqual(targets.get("p99 with one receiver frozen / without")?.at(-1), "reached")
  })

  it("say so where a target was not measured", () =>
    assert.deepStrictEqual(targets.get("one scenario, whole process"), [
      "–",
      "≤ 500 ms",
      "≤ 300 ms",
      "not measured"
    ]))

  it("align for a terminal, and are tables in Markdown", () => {
    const table = {
      columns: ["a", "b"],
      rows: [
        ["long name", "1"],
        ["x|y", "22"]
      ]
    }
    assert.strictEqual(plain(table), "a           b\nlong name   1\nx|y        22")
    assert.strictEqual(
      markdown(table),
      "| a         |   b |\n| --------- | --: |\n| long name |   1 |\n| x\\|y      |  22 |"
    )
  })

  it("keep the digits that count", () =>
    assert.deepStrictEqual(
      [
        formatNumber(0.1234, "µs"),
        formatNumber(12.34, "ms"),
        formatNumber(1234.5, "ms"),
        formatNumber(133_700, "/s")
      ],
      ["0.12", "12.3", "1,235", "134 k"]
    ))
})

describe("the report", () => {
  it("has the machine, the measured sections, the targets and the notes", () => {
    const text = report(result)
    for (const part of [
      "palabre 1.2.3",
      "2 × Abacus 9",
      "2030-01-02",
      "3 rounds in 100 s",
      "saturated: ",
      "! Something"
    ])
      assert.include(text, part)
    assert.notInclude(text, sectionNamed("start").about)
  })
})

describe("the outcomes", () => {
  it("leave a target open while the interval of the rounds lies on both sides of it", () => {
    const { figures } = sectionNamed("frozen")
    const told = (...values: ReadonlyArray<number>) => {
      const samples = values.map((value, i) => ({ round: i + 1, figure: "frozen", server: "palabre", value }))
      return outcome({ ...result, samples }, "palabre", "frozen", figures["frozen"]!)?.verdict
    }
    assert.strictEqual(told(1, 1, 1, 1.1, 1.1, 1.1, 1.1), "reached")
    assert.strictEqual(told(1, 1, 1, 1, 1.1, 1.1, 1.3), "open")
    assert.strictEqual(told(1.3, 1.3, 1.3, 1.3, 1.4, 1.4, 1.5), "missed")
    assert.strictEqual(told(1.1, 1.1, 1.3), "reached", "without an interval, the median decides")
  })

  it("are the numbers behind the tables, of every server", () => {
    const found = outcomes(result).filter(({ figure }) => figure === "saturated" || figure === "memory")
    assert.deepStrictEqual(
      found.map(({ figure, server, value: { median }, verdict }) => [figure, server, median, verdict]),
      [
        ["saturated", "palabre", 0.22, "reached"],
        ["saturated", "batch-per-turn", 0.2, "stretch"],
        ["saturated", "mosquitto", 8, "missed"],
        ["memory", "palabre", 5.3, "stretch"]
      ]
    )
  })
})

describe("the gaps", () => {
  it("are the sections for which our own server gave nothing", () => {
    assert.includeMembers([...gaps(result)], ["steady", "start", "harness"])
    assert.notInclude(gaps(result), "saturated")
    const withoutOurs = result.samples.filter(({ server }) => server !== "palabre")
    assert.include(gaps({ ...result, samples: withoutOurs }), "saturated")
  })
})

describe("the notes", () => {
  it("say each thing once, with all the servers that it is true of", () => {
    const notes = new Notes()
    const [first, second] = peers
    notes.add("too late", first)
    notes.add("the machine is small")
    notes.add("too late", second)
    notes.add("too late", first)
    assert.deepStrictEqual(notes.lines, [
      `${first!.title}; ${second!.title} – too late.`,
      "The machine is small."
    ])
  })
})

describe("the documents", () => {
  it("are a page with each measured section, its table, the notes and the method", () => {
    const text = page(result, "plot.svg")
    for (const part of [
      "# Benchmarks",
      "![",
      "(plot.svg)",
      "CPU time of the server for one message",
      "## Targets",
      "## saturated",
      "## Notes",
      "- Something",
      "## How"
    ])
      assert.include(text, part)
    assert.match(text, /\| palabre +\| +0\.22 \| 1\.10 \(1\.00–1\.50\) \| +4\.07 M \|/)
    assert.notInclude(text, "## start")
  })

  it("change nothing in the README but what stands between the markers", () => {
    const readme = "before\n<!-- bench -->\nold\n<!-- /bench -->\nafter\n"
    const written = withPart(readme, excerpt(result, "docs/PAGE.md"))!
    assert.isTrue(
      written.startsWith("before\n<!-- bench -->\n\nSaturated, ") &&
        written.endsWith("\n\n<!-- /bench -->\nafter\n")
    )
    assert.include(written, "1.10 (1.00–1.50) ×")
    assert.notInclude(written, "old")
    assert.strictEqual(withPart(written, "x"), withPart(readme, "x"))
  })

  it("leave a README without markers alone", () => {
    for (const readme of ["nothing", "<!-- bench -->", "<!-- /bench --> <!-- bench -->"])
      assert.isUndefined(withPart(readme, "x"))
  })

  it("have a plot with each server, its middle and a dot for each round", () => {
    const svg = plot(result)
    assert.isTrue(svg.startsWith("<svg") && svg.trimEnd().endsWith("</svg>"))
    for (const text of [
      "palabre",
      "node:net by hand, a batch per turn",
      "Mosquitto 2.0 (200 clients)",
      "0.22",
      "8.0"
    ])
      assert.include(svg, `>${text}<`)
    assert.notInclude(svg, "NaN")
    assert.notInclude(svg, "undefined")
  })
})
