import type { Peer } from "../Peer.ts"

/** Redis as a publish/subscribe hub: nothing saved, no limit on what waits for a subscriber. */
export const redis: Peer = {
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
