import * as Option from "effect/Option"
import { bytes, count, duration, file, type Kind, oneOf, orAuto, orNone, word } from "./Kinds.ts"
import { KiB, SECOND, setting } from "./Setting.ts"

/** The brokers that `--store` takes, in words. */
export const expectedBrokers =
  "the brokers of NATS, such as nats://user:password@10.0.0.1:4222,nats://10.0.0.2:4222 (in a password, / is %2F)"

/** Where the chat is kept: the path of a file, or the addresses of brokers. */
const store: Kind<string> = {
  metavar: "FILE|nats://HOST:PORT,…",
  parse: Option.liftPredicate((text) => !isAddress(text) || brokersOf(text)?.every(isBroker) === true),
  format: String,
  expected: `the path of a file, or ${expectedBrokers}`
}

/** The addresses of brokers that `--store` names, if it does: the first one says how to reach those that say nothing. */
export const brokersOf = (text: string | undefined): ReadonlyArray<string> | undefined => {
  const scheme = /^(?:nats|tls):\/\//.exec(text ?? "")?.[0]
  if (text === undefined || scheme === undefined) return undefined
  return text
    .split(",")
    .map((each) => each.trim())
    .map((each) => (each.includes("://") ? each : scheme + each))
}

/** True of what is meant as an address, though it may be none, as `nats:a:4222`. */
const isAddress = (text: string): boolean => text.includes("://") || /^(?:nats|tls):/i.test(text)

const isBroker = (text: string): boolean => {
  if (!/^(?:nats|tls):\/\/[^/?#]+\/?$/.test(text) || !URL.canParse(text)) return false
  const { hostname, password, username } = new URL(text)
  return hostname !== "" && isDecodable(username) && isDecodable(password)
}

const isDecodable = (text: string): boolean => {
  try {
    return decodeURIComponent(text) !== undefined
  } catch {
    return false
  }
}

/** What keeps the chat, and what servers that share it need. */
export const storeTable = {
  store: setting(
    "store",
    orNone(store),
    undefined,
    "a file that the chat is kept in, so that it outlives the server; or the brokers of NATS JetStream that keep it for many servers, which are one chat; made if it is not there"
  ),
  storeName: setting(
    "store-name",
    word,
    "palabre",
    "name of the log on the brokers of --store: servers with the same one are one chat"
  ),
  storeReplicas: setting(
    "store-replicas",
    orAuto(count(1, 5)),
    undefined,
    "brokers that have a copy of each entry; auto: 3 if --store names that many, else 1; counts when the log is made"
  ),
  storeWaitMillis: setting(
    "store-wait",
    duration(),
    8 * SECOND,
    "time that a request may wait for the brokers of --store"
  ),
  node: setting(
    "node",
    orAuto(word),
    undefined,
    "name of this server among those of one --store, for people; auto: that of the machine, and the process id"
  ),
  leaseMillis: setting(
    "lease",
    duration(2 * SECOND),
    10 * SECOND,
    "time after which a server of which the others hear nothing is dead: its names are free"
  ),
  natsCredsFile: setting(
    "nats-creds",
    orNone(file),
    undefined,
    "credentials for the brokers of --store, in a file as nsc writes it"
  ),
  natsTlsCaFile: setting(
    "nats-tls-ca",
    orNone(file),
    undefined,
    "certificate (PEM) of who signed those of the brokers of --store"
  ),
  storeSync: setting(
    "store-sync",
    oneOf(["full", "normal"]),
    "full",
    "what an acknowledged message in --store survives: full, also the loss of power; normal, the death of the process"
  ),
  storeBytesMax: setting(
    "store-max",
    bytes(KiB * KiB, 2 ** 40),
    2 * 2 ** 30,
    "bytes that --store may have; brokers reserve twice as many"
  ),
  checkpointBytes: setting(
    "store-checkpoint",
    bytes(64 * KiB, 2 ** 40),
    32 * KiB * KiB,
    "bytes that --store grows by, roughly, before the state is written anew and older entries are let go of"
  )
} as const
