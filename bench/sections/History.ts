import { cpuMicros, ours, roomClients, saturate, type Section, warmUp } from "../Section.ts"

const phases = [warmUp, saturate]

/** The cost of a delivery to clients that are told its number and its time. */
export const history: Section = {
  name: "history",
  about: "the saturated room once more, of clients with the feature history, beside plain ones",
  figures: {
    history: {
      column: "µs per delivery",
      title: "CPU per delivery with history, saturated",
      unit: "µs"
    },
    historyFactor: {
      column: "with / without",
      title: "CPU per delivery, with history / without",
      unit: "×",
      target: { of: "value", max: 1.5, stretch: 1.2 }
    }
  },
  includes: ours,
  method: {
    visits: [
      { clients: roomClients, phases },
      { clients: roomClients, dialect: "history", phases }
    ],
    read: (readings) => {
      const cost = cpuMicros(readings(roomClients, saturate, { dialect: "history" }))
      return { history: cost, historyFactor: cost / cpuMicros(readings(roomClients, saturate)) }
    }
  }
}
