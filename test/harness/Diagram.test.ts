import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { meant } from "../../harness/diagram/Meant.ts"
import { mermaid } from "../../harness/diagram/Mermaid.ts"
import { svg } from "../../harness/diagram/Svg.ts"
import { english } from "../../harness/texts/en.ts"
import { loadScenarios } from "../../harness/scenario/Files.ts"
import { scenarioOf, steps } from "./playing.ts"

/** The statements of the Mermaid text of some steps, without the lanes. */
const statements = (lines: string): ReadonlyArray<string> =>
  mermaid(meant(steps(lines), english), english)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => /^(?:a|s|Note)/.test(line) && !line.startsWith("sequence"))

/** The command as people run it, in a process of its own. */
const diagram = (...args: ReadonlyArray<string>) =>
  promisify(execFile)(process.execPath, ["harness/main.ts", "diagram", ...args])

describe("an exchange as the file means it", () => {
  it("has the requests and the answers of each sentence", () => {
    assert.deepStrictEqual(
      statements(
        [
          "- alice and bob log in",
          "- alice says: hello",
          "- bob receives: { type: message, username: alice, content: hello }",
          "- carol tries to log in as bob",
          "- carol is refused",
          "- bob is cut off",
          "- alice sees that bob is gone"
        ].join("\n")
      ),
      [
        "a1->>s: login alice",
        "s-->>a1: success",
        "a2->>s: login bob",
        "s-->>a2: success",
        'a1->>s: message "hello"',
        "s-->>a1: success",
        's-->>a2: message alice "hello"',
        "a3->>s: login bob",
        "s--xa3: a refusal",
        "Note over a2: is cut off",
        "Note over a1: sees that bob is gone"
      ]
    )
  })

  it("draws a loop of the same steps once, and everyone's silence in a line", () => {
    assert.deepStrictEqual(
      statements(
        "- alice and bob log in\n- repeat: { times: 9, steps: [alice says: a] }\n- everyone receives nothing"
      ).slice(4),
      [
        "Note over s,a2: 9 times",
        'a1->>s: message "a"',
        "s-->>a1: success",
        "Note over s,a2: everyone receives nothing"
      ]
    )
  })

  it("can be drawn of every scenario there is", () =>
    Effect.runPromise(
      Effect.map(loadScenarios([]), (scenarios) => {
        for (const scenario of scenarios) {
          const exchange = meant(scenario, english)
          assert.isNotEmpty(exchange.rows, scenario.file)
          assert.notMatch(
            svg(scenario.title, exchange, english) + mermaid(exchange, english),
            /undefined|NaN|Infinity/,
            scenario.file
          )
        }
      })
    ))
})

describe("the Mermaid text", () => {
  it("keeps what Mermaid would take for its own, and cuts what is long", () => {
    assert.deepStrictEqual(
      statements('- alice logs in\n- note: "a;b #1 and so on and on, far beyond any width"').slice(2),
      ["Note over s,a1: a#59;b #35;1 and so on and on, far beyond any…"]
    )
  })

  it("gives each client a plain alias, whatever it is called", () => {
    const scenario = scenarioOf("scenario: a test\ncast: [end, the-last]\nsteps:\n  - everyone logs in\n")
    assert.include(
      mermaid(meant(scenario, english), english),
      "participant a1 as end\n  participant a2 as the-last\n"
    )
  })
})

describe("the picture", () => {
  it("cannot be broken out of", () => {
    const scenario = steps(`- alice logs in\n- alice says: "</text><script>&"\n- note: "</svg>"`)
    const picture = svg('"><script>', meant(scenario, english), english)
    assert.notInclude(picture, "<script")
    assert.strictEqual(picture.split("</svg>").length, 2)
  })

  it("has no character that XML forbids", () => {
    const picture = svg(
      "\0",
      meant(steps('- alice logs in\n- alice says: "\\u0000\\u001b[31m"\n- note: "\\u0007"'), english),
      english
    )
    assert.notMatch(picture.replaceAll("\n", ""), /\p{Cc}/u)
  })
})

describe("pnpm diagram", () => {
  it("speaks French where it is asked to, around the words of the file", async () => {
    const args = ["scenarios/duplicate-login.yaml", "--locale", "fr"]
    const { stdout } = await diagram(...args, "--as", "mermaid")
    assert.include(stdout, "participant s as serveur")
    assert.include(stdout, "s--xa2: un refus")
    assert.include((await diagram(...args)).stdout, ">serveur</text>")
    assert.include((await diagram(...args, "--as", "html")).stdout, '<html lang="fr">')
  })

  it("draws an exchange as it went", async () => {
    const { stdout } = await diagram("scenarios/login.yaml", "--of", "run", "--as", "mermaid")
    assert.include(stdout, "a1->>s: login alice")
    assert.include(stdout, "s-->>a1: success")
  })

  it("makes one page of several", async () => {
    const { stdout } = await diagram("scenarios/login.yaml", "scenarios/list.yaml", "--as", "html")
    assert.strictEqual(stdout.split("<svg ").length, 3)
  })

  it("tells how several can be drawn where a picture can show but one", async () => {
    const failed = await diagram("scenarios/login.yaml", "scenarios/list.yaml").catch(
      (error: unknown) => error
    )
    assert.include((failed as { readonly stderr: string }).stderr, "--as html or mermaid")
    assert.strictEqual((failed as { readonly code: number }).code, 2)
  })
})
