import type { Peer } from "./Peer.ts"

/** The server of this project, from source, with its default settings. */
const palabre: Peer = {
  name: "palabre",
  title: "palabre",
  role: "ours",
  dialect: "json",
  program: { script: new URL("../bin/palabre.js", import.meta.url) },
  arguments: ({ dialect, port }) => {
    const [chat, web] = dialect === "web" ? [0, port] : [port, "off"]
    const hosts = ["--host", "127.0.0.1", "--web-host", "127.0.0.1"]
    return ["serve", ...hosts, "--port", `${chat}`, "--web-port", `${web}`, "--log-level", "error"]
  }
}

/** Hand-written `node:net`, one write for each recipient and turn of the event loop: the limit known on Node. */
const batchPerTurn: Peer = {
  name: "batch-per-turn",
  title: "node:net by hand, a batch per turn",
  role: "hand-written",
  dialect: "json",
  program: { script: new URL("./servers/BatchPerTurn.ts", import.meta.url) },
  arguments: ({ port }) => [`${port}`]
}

/** Hand-written `node:net`, one write for each recipient of each message: the obvious way. */
const writePerMessage: Peer = {
  name: "write-per-message",
  title: "node:net by hand, a write per message",
  role: "hand-written",
  dialect: "json",
  program: { script: new URL("./servers/WritePerMessage.ts", import.meta.url) },
  arguments: ({ port }) => [`${port}`]
}

/** Redis as a publish/subscribe hub: nothing saved, no limit on what waits for a subscriber. */
const redis: Peer = {
  name: "redis",
  title: "Redis pub/sub",
  role: "peer",
  dialect: "redis",
  program: { installed: "redis-server", version: ["--version"] },
  arguments: ({ folder }) => [`${folder}/redis.conf`],
  files: ({ folder, port }) => ({
    "redis.conf": `bind 127.0.0.1
port ${port}
dir ${folder}
save ""
appendonly no
maxclients 15000
client-output-buffer-limit pubsub 0 0 0
`
  })
}

/** NATS core: one subject that everyone subscribes to. */
const nats: Peer = {
  name: "nats",
  title: "NATS",
  role: "peer",
  dialect: "nats",
  program: { installed: "nats-server", version: ["--version"] },
  arguments: ({ port, folder }) => ["-a", "127.0.0.1", "-p", `${port}`, "-l", `${folder}/log`]
}

/** The C++ server of `examples/cpp`, a thread for each client: what the lab sheet asks for. */
const threadPerClient: Peer = {
  name: "thread-per-client",
  title: "C++ (g++ -O2), a thread per client",
  role: "peer",
  dialect: "json",
  program: { compiled: "examples/cpp/server.cpp" },
  arguments: ({ port }) => [`${port}`]
}

/** Mosquitto (MQTT 3.1.1, QoS 0). */
const mosquitto: Peer = {
  name: "mosquitto",
  title: "Mosquitto",
  role: "peer",
  dialect: "mqtt",
  program: { installed: "mosquitto", version: ["-h"] },
  arguments: ({ folder }) => ["-c", `${folder}/mosquitto.conf`],
  files: ({ port }) => ({
    "mosquitto.conf": `listener ${port} 127.0.0.1
allow_anonymous true
max_queued_messages 0
max_inflight_messages 0
set_tcp_nodelay true
`
  }),
  clientsMax: 200 // with more its latency goes to half a second
}

/** ngIRCd: one channel that everyone has joined. */
const ngircd: Peer = {
  name: "ngircd",
  title: "ngIRCd",
  role: "peer",
  dialect: "irc",
  program: { installed: "ngircd", version: ["--version"] },
  arguments: ({ folder }) => ["-n", "-f", `${folder}/ngircd.conf`],
  files: ({ port }) => ({
    "ngircd.conf": `[Global]
Name = irc.bench.local
Info = bench
Listen = 127.0.0.1
Ports = ${port}
MotdPhrase = welcome
ServerUID = nobody
ServerGID = nogroup
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxJoins = 0
MaxPenaltyTime = 0
PingTimeout = 3600
PongTimeout = 3600
[Options]
DNS = no
Ident = no
PAM = no
`
  }),
  clientsMax: 200, // each join is announced to all: the time to fill a room grows with its square
  loginsAtOnce: 1
}

/** All servers that the benchmark knows, ours first. */
export const peers: ReadonlyArray<Peer> = [
  palabre,
  batchPerTurn,
  writePerMessage,
  redis,
  nats,
  threadPerClient,
  mosquitto,
  ngircd
]
