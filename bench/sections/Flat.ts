import {
  cpuMicros,
  crowdClients,
  roomClients,
  saturate,
  type Section,
  warmUp,
  oursAndLimit
} from "../Section.ts"

const sizes = [100, roomClients, crowdClients]

/** The cost of a delivery in a large room against that in a small one. */
export const flat: Section = {
  name: "flat",
  about:
    "saturated rooms of 100, 1,000 and 9,000 clients; the kernel's own cost of a write grows with the sockets, so the growth is held against that of the hand-written server",
  figures: {
    ...Object.fromEntries(
      sizes.map((size) => [
        `flat${size}`,
        {
          column: `µs at ${size.toLocaleString("en")}`,
          title: `CPU per delivery, ${size.toLocaleString("en")} clients`,
          unit: "µs"
        } as const
      ])
    ),
    flat: {
      column: "9,000 / 100",
      title: "growth of CPU per delivery, 100 → 9,000 clients",
      unit: "×",
      reference: "batch-per-turn",
      target: { of: "ratio", max: 1.25 }
    }
  },
  includes: oursAndLimit,
  method: {
    visits: sizes.map((clients) => ({ clients, phases: [warmUp, saturate] })),
    read: (readings) => {
      const costs = sizes.map((size) => cpuMicros(readings(size, saturate)))
      return {
        ...Object.fromEntries(sizes.map((size, i) => [`flat${size}`, costs[i]!])),
        flat: costs.at(-1)! / costs[0]!
      }
    }
  }
}
