import type { Pace } from "../Generator.ts"
import { converse, oursAndLimit, roomClients, type Section, warmUp } from "../Section.ts"

/**
 * One more client has stopped reading and was sent 512 KiB: more than the kernel holds for its small window, less
 * than what a server of this project lets wait before it ends a slow client.
 */
const converseWithFrozen: Pace = { ...converse, frozen: 512 * 1024 }

/** The delay that one client which does not read causes for the others. */
export const frozen: Section = {
  name: "frozen",
  about:
    "the same conversation with one more client, which has stopped reading: whether it delays the others",
  figures: {
    frozen: {
      column: "p99, frozen / without",
      title: "p99 with one receiver frozen / without",
      unit: "×",
      target: { of: "value", max: 1.2, stretch: 1 }
    }
  },
  includes: (peer) => oursAndLimit(peer) || peer.name === "thread-per-client",
  othersOnce: true,
  roundsAlone: 15,
  method: {
    visits: [{ clients: roomClients, phases: [warmUp, converse, converseWithFrozen] }],
    read: (readings) => ({
      frozen: readings(roomClients, converseWithFrozen).p99Micros / readings(roomClients, converse).p99Micros
    })
  }
}
