import type { List } from "../Generator.ts"
import { cpuMicros, type Section, oursAndLimit } from "../Section.ts"

const clients = 5_000
const warm: List = { phase: "list", seconds: 0.1 }
const list: List = { phase: "list", seconds: 0.4 }

/** The cost of a list. */
export const lists: Section = {
  name: "list",
  about:
    "one of 5,000 clients asks who is there, again and again; the hand-written server encodes each answer anew",
  figures: {
    list: {
      column: "µs per list",
      title: "CPU per list, 5,000 online",
      unit: "µs",
      reference: "batch-per-turn",
      target: { of: "ratio", max: 1 }
    }
  },
  includes: oursAndLimit,
  method: {
    visits: [{ clients, phases: [warm, list] }],
    read: (readings) => ({ list: cpuMicros(readings(clients, list)) })
  }
}
