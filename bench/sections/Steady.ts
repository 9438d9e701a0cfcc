import { converse, cpuMicros, everyone, roomClients, type Section, warmUp } from "../Section.ts"

/** The cost and the latency of a delivery in a lively conversation. */
export const steady: Section = {
  name: "steady",
  about: "1,000 clients, 100 messages per second in all: what one delivery costs and how long it takes",
  figures: {
    steady: {
      column: "µs per delivery",
      title: "CPU per delivery at 100 messages/s",
      unit: "µs",
      reference: "write-per-message",
      target: { of: "ratio", max: 1.15, stretch: 1 }
    },
    p50: { column: "p50 ms", title: "delivered within, half of all", unit: "ms" },
    p99: { column: "p99 ms", title: "delivered within, 99 of 100", unit: "ms" }
  },
  includes: everyone,
  method: {
    visits: [{ clients: roomClients, phases: [warmUp, converse] }],
    read: (readings) => {
      const reading = readings(roomClients, converse)
      return { steady: cpuMicros(reading), p50: reading.p50Micros / 1e3, p99: reading.p99Micros / 1e3 }
    }
  }
}
