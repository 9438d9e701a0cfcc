import { cpuMicros, everyone, roomClients, saturate, type Section, warmUp } from "../Section.ts"

/** The cost of a delivery when there is always more to deliver. */
export const saturated: Section = {
  name: "saturated",
  about: "1,000 clients, ten of them sending without pause: the least that one delivery costs",
  figures: {
    saturated: {
      column: "µs per delivery",
      title: "CPU per delivery, saturated",
      unit: "µs",
      reference: "batch-per-turn",
      target: { of: "ratio", max: 1.15, stretch: 1 }
    },
    throughput: { column: "deliveries/s", title: "deliveries per second, saturated", unit: "/s" }
  },
  includes: everyone,
  method: {
    visits: [{ clients: roomClients, phases: [warmUp, saturate] }],
    read: (readings) => {
      const reading = readings(roomClients, saturate)
      return { saturated: cpuMicros(reading), throughput: reading.operations / reading.seconds }
    }
  }
}
