import type { Pace } from "../Generator.ts"
import { ack, ours, roomClients, type Section, speakers, warmAcks, warmUp } from "../Section.ts"

const pinged: Pace = { phase: "pace", seconds: 1.5, rate: 100, probe: 1 }

const kept = { dialect: "history", store: "file" } as const
const unkept = { dialect: "history" } as const

/** The time that the disk costs: whoever speaks waits for it, and nobody else. */
export const store: Section = {
  name: "store",
  about:
    "1,000 messages per second of ten clients, kept in a file (--store-sync full), until each is acknowledged; and pings beside 100 messages per second to 1,000 clients, with the file and without",
  figures: {
    ackP50: { column: "ack p50 ms", title: "acknowledged within, half of all, in a file", unit: "ms" },
    ackP99: {
      column: "ack p99 ms",
      title: "acknowledged within, 99 of 100, in a file",
      unit: "ms",
      target: { of: "value", max: 5 }
    },
    keptPing: { column: "ping p99 ms", title: "ping p99, room of 1,000, with a file", unit: "ms" },
    storePing: {
      column: "ping p99, with / without",
      title: "ping p99, room of 1,000, with a file / without",
      unit: "×",
      target: { of: "value", max: 1.2 }
    }
  },
  includes: ours,
  roundsAlone: 9,
  method: {
    visits: [
      { clients: speakers, ...kept, phases: [warmAcks, ack] },
      { clients: roomClients, ...unkept, phases: [warmUp, pinged] },
      { clients: roomClients, ...kept, phases: [warmUp, pinged] }
    ],
    read: (readings) => {
      const acks = readings(speakers, ack, kept)
      const { pingP99Micros: without = Number.NaN } = readings(roomClients, pinged, unkept)
      const { pingP99Micros: withFile = Number.NaN } = readings(roomClients, pinged, kept)
      return {
        ackP50: acks.p50Micros / 1e3,
        ackP99: acks.p99Micros / 1e3,
        keptPing: withFile / 1e3,
        storePing: withFile / without
      }
    }
  }
}
