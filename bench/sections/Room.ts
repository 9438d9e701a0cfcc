import type { Pace } from "../Generator.ts"
import { crowdClients, oursAndLimit, type Section } from "../Section.ts"

/** Slow enough that a server is done with one message before the next comes. */
const warm: Pace = { phase: "pace", seconds: 0.4, rate: 5 }
const announce: Pace = { phase: "pace", seconds: 2, rate: 5, probe: 1 }

/** The pause of all others while a large room is served. */
export const room: Section = {
  name: "room",
  about:
    "5 messages per second to 9,000 clients, while a connection of its own pings every 2 ms: how long the event loop looks at nothing else",
  figures: {
    pause: {
      column: "ping p99 ms",
      title: "ping answered within, 99 of 100, room of 9,000",
      unit: "ms",
      target: { of: "value", max: 25, stretch: 12 }
    },
    pauseMax: { column: "ping max ms", title: "slowest ping, room of 9,000", unit: "ms" }
  },
  includes: oursAndLimit,
  method: {
    visits: [{ clients: crowdClients, phases: [warm, announce] }],
    read: (readings) => {
      const { pingMaxMicros = Number.NaN, pingP99Micros = Number.NaN } = readings(crowdClients, announce)
      return { pause: pingP99Micros / 1e3, pauseMax: pingMaxMicros / 1e3 }
    }
  }
}
