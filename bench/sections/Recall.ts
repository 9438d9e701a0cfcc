import type { Recall } from "../Generator.ts"
import { cpuMicros, ours, roomClients, type Section } from "../Section.ts"

const recall: Recall = { phase: "recall", messages: 200, window: 10 }

/** The cost of joining a room with all that it keeps. */
export const recalls: Section = {
  name: "recall",
  about: "999 clients join a room and ask for its last 200 messages, ten of them at a time",
  figures: {
    recall: { column: "µs per join", title: "CPU per join with 200 messages of history", unit: "µs" },
    recallP50: {
      column: "p50 ms",
      title: "200 messages of history are there within, half of all",
      unit: "ms"
    },
    recallP99: { column: "p99 ms", title: "200 messages of history are there within, 99 of 100", unit: "ms" }
  },
  includes: ours,
  method: {
    visits: [{ clients: roomClients, dialect: "history", phases: [recall] }],
    read: (readings) => {
      const reading = readings(roomClients, recall, { dialect: "history" })
      return {
        recall: cpuMicros(reading),
        recallP50: reading.p50Micros / 1e3,
        recallP99: reading.p99Micros / 1e3
      }
    }
  }
}
