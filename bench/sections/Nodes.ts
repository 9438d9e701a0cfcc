import type { Ack } from "../Generator.ts"
import {
  ack,
  brokersMicros,
  converse,
  cpuMicros,
  ours,
  roomClients,
  saturate,
  type Section,
  speakers,
  warmAcks,
  warmUp
} from "../Section.ts"
import type { Variant } from "../Servers.ts"

const rush: Ack = { phase: "ack", seconds: 1, rate: 5_000 }
const phases = [warmUp, converse, saturate]

const brokers3 = { store: 3 } as const
const second = { store: 3, servers: "second of two" } as const

/** What it costs that several servers are one chat. */
export const nodes: Section = {
  name: "nodes",
  about:
    "a room of 1,000 with no store, a file, one broker and three (NATS JetStream), on one server and on two, at 100 messages per second and saturated, where each round trip to a busy store makes smaller batches; 1,000 messages per second of ten clients, until each is acknowledged; and at 5,000, what they cost their server, another one that hears of them, and the brokers",
  figures: {
    unkept: { column: "no store, µs", title: "CPU per delivery, 100 messages/s", unit: "µs" },
    inFile: { column: "file, ×", title: "CPU per delivery, file / no store", unit: "×" },
    oneBroker: { column: "1 broker, ×", title: "CPU per delivery, one broker / no store", unit: "×" },
    threeBrokers: {
      column: "3 brokers, ×",
      title: "CPU per delivery, room of 1,000, three brokers / no store",
      unit: "×",
      target: { of: "value", max: 1.3 }
    },
    twoServers: {
      column: "3 brokers, 2 servers, ×",
      title: "CPU per delivery, two servers over three brokers / no store",
      unit: "×"
    },
    threeSaturated: {
      column: "3 brokers, saturated, ×",
      title: "CPU per delivery, saturated, three brokers / no store",
      unit: "×"
    },
    brokers: { column: "brokers, µs", title: "CPU of the three brokers per delivery", unit: "µs" },
    nodesAckP50: {
      column: "ack p50 ms",
      title: "acknowledged within, half of all, over three brokers",
      unit: "ms",
      target: { of: "value", max: 2 }
    },
    nodesAckP99: {
      column: "ack p99 ms",
      title: "acknowledged within, 99 of 100, over three brokers",
      unit: "ms"
    },
    said: {
      column: "said, µs",
      title: "CPU of a server per message that one of its ten clients says",
      unit: "µs"
    },
    heard: {
      column: "heard, µs",
      title: "CPU of a server per message that is said on another one",
      unit: "µs"
    },
    kept: { column: "kept, µs", title: "CPU of the three brokers per message", unit: "µs" }
  },
  includes: ours,
  isApart: true,
  method: {
    visits: [
      { clients: roomClients, phases },
      { clients: roomClients, store: "file", phases },
      { clients: roomClients, store: 1, phases },
      { clients: roomClients, ...brokers3, phases },
      { clients: roomClients, store: 3, servers: "two", phases },
      { clients: speakers, ...brokers3, phases: [warmAcks, ack, rush] },
      { clients: speakers, ...second, phases: [warmAcks, rush] }
    ],
    read: (readings) => {
      const cost = (variant: Variant) => cpuMicros(readings(roomClients, converse, variant))
      const unkept = cost({})
      const acks = readings(speakers, ack, brokers3)
      return {
        unkept,
        inFile: cost({ store: "file" }) / unkept,
        oneBroker: cost({ store: 1 }) / unkept,
        threeBrokers: cost(brokers3) / unkept,
        twoServers: cost({ store: 3, servers: "two" }) / unkept,
        threeSaturated:
          cpuMicros(readings(roomClients, saturate, brokers3)) / cpuMicros(readings(roomClients, saturate)),
        brokers: brokersMicros(readings(roomClients, converse, brokers3)),
        nodesAckP50: acks.p50Micros / 1e3,
        nodesAckP99: acks.p99Micros / 1e3,
        said: cpuMicros(readings(speakers, rush, brokers3)),
        heard: cpuMicros(readings(speakers, rush, second)),
        kept: brokersMicros(readings(speakers, rush, brokers3))
      }
    }
  }
}
