import type { Peer } from "../Peer.ts"

/** Hand-written `node:net`, one write for each recipient of each message: the obvious way. */
export const writePerMessage: Peer = {
  name: "write-per-message",
  title: "node:net by hand, a write per message",
  role: "hand-written",
  dialect: "json",
  program: { script: new URL("../servers/WritePerMessage.ts", import.meta.url) },
  arguments: ({ port }) => [`${port}`]
}
