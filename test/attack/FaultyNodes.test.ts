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

const settings = {
  ...shortRun,
  clients: 14,
  acked: 100,
  thinkMillis: 150,
  findingsMax: 1,
  deafMillis: 1_000
}

/** The first seed. All of them take minutes, and `.ci/long` has them played; a short one always is. */
const { NODE_FAULTS } = process.env
const arePlayed = hasBrokers && NODE_FAULTS !== undefined
if (!arePlayed)
  console.warn(
    `SKIPPED: faulty nodes, ${hasBrokers ? "but for a short one, which are played with NODE_FAULTS=1" : "as nats-server is not installed"}`
  )

/** What is found of nodes to which this happens, with the first of so many seeds for which anything is. */
const findingsOf = Effect.fnUntraced(function* (
  {
    faults,
    lateMillis,
    leaseMillis = 3_000,
    times = 4
  }: Pick<NodeFault, "faults" | "lateMillis" | "leaseMillis" | "times">,
  roundsMax: number,
  ...nodeFlags: ReadonlyArray<string>
) {
  const cluster = { nodes: 3, brokers: 1, clients: settings.clients, lateMillis, leaseMillis, faults }
  for (let seed = Number(NODE_FAULTS ?? 1), rounds = 1; ; seed++, rounds++) {
    const book = new Book()
    yield* Effect.scoped(
      Effect.flatMap(clustered({ ...cluster, nodeFlags: () => nodeFlags }), (endpoint) =>
        play(
          {
            ...settings,
            seed,
            kills: times,
            reignMillis: 3 * leaseMillis,
            stallMillis: leaseMillis + 3_000
          },
          endpoint,
          book
        )
      )
    )
    if (book.findings.length > 0 || rounds === roundsMax)
      return book.findings.map(({ clause, what }) => `${clause}: ${what}`)
  }
})

const roundsMax = 3

describe("nodes that are wrong on purpose", () => {
  const rows = Object.entries<NodeFault>(nodeFaults)
  for (const [name, fault] of rows) {
    it(`can be made of the source: ${name}`, () => {
      for (const { file } of fault.changes) {
        const source = readFileSync(`src/${file}`, "utf8")
        assert.notStrictEqual(changed(fault.changes, file, source), source)
      }
    })

    it.live.skipIf(!arePlayed && !(hasBrokers && fault.isShort))(
      `are found: ${name}`,
      Effect.fnUntraced(function* () {
        const faulty = new URL(`faultyNode.ts?fault=${name}`, import.meta.url).href
        assert.match((yield* findingsOf(fault, roundsMax, "--import", faulty)).join("\n"), fault.clauses)
      }),
      roundsMax * 120_000
    )
  }

  it.live.skipIf(!arePlayed)(
    "are told from nodes that are right",
    Effect.fnUntraced(function* () {
      const faults = [...new Set(rows.flatMap(([, { faults }]) => faults))]
      assert.deepStrictEqual(yield* findingsOf({ faults }, 1), [])
    }),
    120_000
  )
})
