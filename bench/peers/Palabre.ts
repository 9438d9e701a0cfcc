import type { Peer } from "../Peer.ts"

/** The server of this project, from source, with its default settings. */
export const palabre: Peer = {
  name: "palabre",
  title: "palabre",
  role: "ours",
  dialect: "json",
  program: { script: new URL("../../bin/palabre.js", import.meta.url) },
  arguments: ({ port }) => ["serve", "--host", "127.0.0.1", "--port", `${port}`, "--log-level", "error"]
}
