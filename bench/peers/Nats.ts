import type { Peer } from "../Peer.ts"

/** NATS core: one subject that everyone subscribes to. */
export const nats: Peer = {
  name: "nats",
  title: "NATS",
  role: "peer",
  dialect: "nats",
  program: { installed: "nats-server", version: ["--version"] },
  arguments: ({ port, folder }) => ["-a", "127.0.0.1", "-p", `${port}`, "-l", `${folder}/log`]
}
