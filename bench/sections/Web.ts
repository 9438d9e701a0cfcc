import { cpuMicros, crowdClients, ours, roomClients, saturate, type Section, warmUp } from "../Section.ts"

const phases = [warmUp, saturate]
const web = { dialect: "web" } as const

/** The cost of browsers: a frame around each write, and what a WebSocket keeps. */
export const webs: Section = {
  name: "web",
  about: "the saturated room once more, over WebSockets beside TCP, and 9,000 WebSockets that are quiet",
  figures: {
    web: { column: "µs per delivery", title: "CPU per delivery over WebSockets, saturated", unit: "µs" },
    webFactor: {
      column: "WebSocket / TCP",
      title: "CPU per delivery, WebSocket / TCP",
      unit: "×",
      target: { of: "value", max: 1.5, stretch: 1.2 }
    },
    webMemory: {
      column: "KiB per connection",
      title: "memory per idle WebSocket, 9,000 logged in",
      unit: "KiB",
      target: { of: "value", max: 12, stretch: 8 }
    }
  },
  includes: ours,
  method: {
    visits: [
      { clients: roomClients, phases },
      { clients: roomClients, ...web, phases },
      { clients: crowdClients, ...web, phases: [] }
    ],
    read: (readings) => {
      const cost = cpuMicros(readings(roomClients, saturate, web))
      const before = readings(crowdClients, "start", web)
      const after = readings(crowdClients, "login", web)
      return {
        web: cost,
        webFactor: cost / cpuMicros(readings(roomClients, saturate)),
        webMemory: (after.residentBytes - before.residentBytes) / after.operations / 1024
      }
    }
  }
}
