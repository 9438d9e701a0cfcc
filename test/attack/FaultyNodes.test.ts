import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Book } from "../../attack/resume/Book.ts"
import { play } from "../../attack/resume/Play.ts"
import { clustered } from "../../attack/resume/Servers.ts"
import { hasBrokers } from "../../process/Brokers.ts"
import { changed } from "../support/changes.ts"
import { type NodeFault, nodeFaults } from "./nodeFaults.ts"
import { shortRun } from "./shortRun.ts"

const leaseMillis = 2_000
const settings = {
  ...shortRun,
  clients: 14,
  seconds: 25,
  acked: 100,
  thinkMillis: 150,
  stallMillis: 8_000,
  findingsMax: 30,
  deafMillis: 1_500,
  reignMillis: 3 * leaseMillis
}

/** Minutes: `.ci/long` has them played. */
const isPlayed = hasBrokers && process.env["NODE_FAULTS"] !== undefined
if (!isPlayed) console.warn("SKIPPED: faulty nodes are played with NODE_FAULTS=1 and nats-server only")

/** What is found of nodes that are all wrong in this way, with the first of some seeds for which anything is. */
const findingsOf = Effect.fnUntraced(function* (name: string, { faults }: NodeFault) {
  for (let seed = 1; ; seed++) {
    const book = new Book()
    const faulty = new URL(`faultyNode.ts?fault=${name}`, import.meta.url).href
    yield* Effect.scoped(
      Effect.flatMap(
        clustered({
          nodes: 3,
          brokers: 1,
          clients: settings.clients,
          leaseMillis,
          faults,
          nodeFlags: () => ["--import", faulty]
        }),
        (endpoint) => play({ ...settings, seed }, endpoint, book)
      )
    )
    if (book.findings.length > 0 || seed === seedsMax) return book.findings
  }
})

const seedsMax = 3

describe("nodes that are wrong on purpose", () => {
  for (const [name, fault] of Object.entries<NodeFault>(nodeFaults)) {
    it(`can be made of the source: ${name}`, () => {
      for (const { file } of fault.changes) {
        const source = readFileSync(`src/${file}`, "utf8")
        assert.notStrictEqual(changed(fault.changes, file, source), source)
      }
    })

    it.live.skipIf(!isPlayed)(
      `are found: ${name}`,
      () =>
        Effect.map(findingsOf(name, fault), (findings) =>
          assert.match(findings.map(({ clause, what }) => `${clause}: ${what}`).join("\n"), fault.clauses)
        ),
      seedsMax * 120_000
    )
  }
})
