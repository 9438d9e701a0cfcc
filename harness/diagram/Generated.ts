import { parseScenario } from "../scenario/ScenarioReader.ts"
import type { GeneratedFile } from "../scenario/Generated.ts"
import { english } from "../texts/en.ts"
import { meant } from "./Meant.ts"
import { mermaid } from "./Mermaid.ts"
import { svg } from "./Svg.ts"

/** The diagrams in the documentation: pictures beside it, and in its pages what stands below a line that names a scenario. */
export const diagrams = (read: (file: string) => string): ReadonlyArray<GeneratedFile> => {
  const scenarioOf = (file: string) => {
    const parsed = parseScenario(file, read(file))
    if ("mistakes" in parsed) throw new Error(`${file} has mistakes`)
    return parsed.scenario
  }
  const drawn = pictures.map(({ file, scenario }) => {
    const drawn = scenarioOf(scenario)
    return { file, content: svg(drawn.title, meant(drawn, english), english) }
  })
  const pages = ["docs/PROTOCOL.md", "docs/HARNESS.md"].map((file) => ({
    file,
    content: read(file).replaceAll(marked, (_, begin: string, scenario: string, end: string) =>
      [begin, `\`\`\`mermaid\n${mermaid(meant(scenarioOf(scenario), english), english)}\`\`\``, end].join(
        "\n\n"
      )
    )
  }))
  return [...drawn, ...pages]
}

const pictures = [{ file: "docs/pictures/duplicate-login.svg", scenario: "scenarios/duplicate-login.yaml" }]

const marked = /(<!-- diagram of (\S+), by `pnpm generate` -->)[^]*?(<!-- end of diagram -->)/g
