import { cpuMicros, crowdClients, type Section } from "../Section.ts"

/** The cost of a connection that logs in and then only listens. */
export const login: Section = {
  name: "login",
  about: "9,000 clients log in as fast as they are let in, then are quiet",
  figures: {
    login: {
      column: "µs per login",
      title: "CPU per login, storm of 9,000",
      unit: "µs",
      reference: "batch-per-turn",
      target: { of: "ratio", max: 1.8, stretch: 1.3 }
    },
    memory: {
      column: "KiB per connection",
      title: "memory per idle connection, 9,000 logged in",
      unit: "KiB",
      target: { of: "value", max: 9.4, stretch: 6 }
    },
    resident: {
      column: "MiB before clients",
      title: "memory before clients come",
      unit: "MiB",
      target: { of: "value", max: 100 }
    }
  },
  includes: (peer) => peer.clientsMax === undefined,
  othersOnce: true,
  method: {
    visits: [{ clients: crowdClients, phases: [] }],
    read: (readings) => {
      const before = readings(crowdClients, "start")
      const after = readings(crowdClients, "login")
      return {
        login: cpuMicros(after),
        memory: (after.residentBytes - before.residentBytes) / after.operations / 1024,
        resident: before.residentBytes / 1024 / 1024
      }
    }
  }
}
