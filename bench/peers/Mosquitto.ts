import type { Peer } from "../Peer.ts"

/** Mosquitto (MQTT 3.1.1, QoS 0). */
export const mosquitto: Peer = {
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
