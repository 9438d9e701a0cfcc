import type { Peer } from "../Peer.ts"

/** The C++ server of `examples/cpp`, a thread for each client: what the lab sheet asks for. */
export const threadPerClient: Peer = {
  name: "thread-per-client",
  title: "C++ (g++ -O2), a thread per client",
  role: "peer",
  dialect: "json",
  program: { compiled: "examples/cpp/server.cpp" },
  arguments: ({ port }) => [`${port}`]
}
