import type { Peer } from "../Peer.ts"

/** Hand-written `node:net`, one write for each recipient and turn of the event loop: the limit known on Node. */
export const batchPerTurn: Peer = {
  name: "batch-per-turn",
  title: "node:net by hand, a batch per turn",
  role: "hand-written",
  dialect: "json",
  program: { script: new URL("../servers/BatchPerTurn.ts", import.meta.url) },
  arguments: ({ port }) => [`${port}`]
}
