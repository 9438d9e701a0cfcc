import type { Resume } from "../Generator.ts"
import { cpuMicros, ours, roomClients, type Section } from "../Section.ts"

const resume: Resume = { phase: "resume", missed: 20 }

/** The cost of a crowd that comes back, as after a break of the network. */
export const resumes: Section = {
  name: "resume",
  about: "999 of 1,000 clients with history lose their connections, miss 20 messages, and come back at once",
  figures: {
    resume: { column: "µs per client", title: "CPU per client that comes back, 20 missed", unit: "µs" },
    resumeP50: { column: "p50 ms", title: "all that was missed is there within, half of all", unit: "ms" },
    resumeP99: { column: "p99 ms", title: "all that was missed is there within, 99 of 100", unit: "ms" }
  },
  includes: ours,
  method: {
    visits: [{ clients: roomClients, dialect: "history", phases: [resume] }],
    read: (readings) => {
      const reading = readings(roomClients, resume, { dialect: "history" })
      return {
        resume: cpuMicros(reading),
        resumeP50: reading.p50Micros / 1e3,
        resumeP99: reading.p99Micros / 1e3
      }
    }
  }
}
