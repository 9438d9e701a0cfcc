import type { Peer } from "./Peer.ts"
import { batchPerTurn } from "./peers/BatchPerTurn.ts"
import { mosquitto } from "./peers/Mosquitto.ts"
import { nats } from "./peers/Nats.ts"
import { ngircd } from "./peers/Ngircd.ts"
import { palabre } from "./peers/Palabre.ts"
import { redis } from "./peers/Redis.ts"
import { threadPerClient } from "./peers/ThreadPerClient.ts"
import { writePerMessage } from "./peers/WritePerMessage.ts"

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
