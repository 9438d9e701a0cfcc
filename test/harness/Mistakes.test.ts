import { readdirSync, readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { parseScenario } from "../../harness/scenario/ScenarioReader.ts"

const folder = "test/harness/invalid"

/** The lines between title and steps, for cases that leave them out. */
const header = ["proves: [LOGIN-1]", "cast: [alice, bob]", "steps:"]

/**
 * Each file of the folder is a theme; its cases stand apart by an empty line. A case is a scenario and the messages it is
 * refused with, each in a line of its own below the one it is about, behind a `^` that points at its column.
 */
for (const theme of readdirSync(folder))
  describe(`just the mistakes of a scenario are found: ${theme}`, () => {
    for (const written of readFileSync(`${folder}/${theme}`, "utf8").trimEnd().split("\n\n")) {
      const lines = written.split("\n")
      if (lines[1]?.startsWith("  - ")) lines.splice(1, 0, ...header)
      const text = lines.filter((line) => !/^ *\^ /.test(line)).map((line) => `${line}\n`)

      it(lines[0]!.replace("scenario: ", ""), () => {
        const parsed = parseScenario(theme, text.join(""))
        const mistakes = "mistakes" in parsed ? parsed.mistakes : []
        for (const { column, line, message } of mistakes.toReversed())
          text.splice(line, 0, `${" ".repeat(column - 1)}^ ${message}\n`)
        assert.strictEqual(text.join(""), `${lines.join("\n")}\n`)
        assert.isNotEmpty(mistakes)
        for (const { file } of mistakes) assert.strictEqual(file, theme)
      })
    }
  })
