import * as Context from "effect/Context"
import { defaultPort } from "../Protocol.ts"
import {
  address,
  addresses,
  addressRanges,
  byteRate,
  bytes,
  count,
  duration,
  file,
  oneOf,
  onOff,
  orNone,
  orOff,
  origins,
  port,
  rate,
  url
} from "./Kinds.ts"
import { locales } from "./Locales.ts"
import { HOUR, KiB, MINUTE, type Profile, SECOND, type Setting, setting } from "./Setting.ts"
import { storeTable } from "./Store.ts"

/** Every tunable of the server. To add one, add a row: the flag, the variable and the help follow. */
export const table = {
  hosts: setting("host", addresses, ["127.0.0.1", "::1"], "addresses to listen on; 0.0.0.0,:: means all", [
    "0.0.0.0",
    "::"
  ]),
  port: setting("port", port, defaultPort, "TCP port; 0 picks a free one"),
  tlsCertFile: setting(
    "tls-cert",
    orNone(file),
    undefined,
    "certificate chain (PEM) to serve TLS with; read again on SIGHUP"
  ),
  tlsKeyFile: setting("tls-key", orNone(file), undefined, "private key (PEM) of the certificate"),
  clientsMax: setting(
    "max-clients",
    count(),
    10_000,
    "connections at once; at most the open-file limit minus 64"
  ),
  addressClientsMax: setting(
    "max-per-address",
    orOff(count()),
    undefined,
    "connections at once from one address: IPv4, or IPv6 /64",
    16
  ),
  networkClientsMax: setting(
    "max-per-network",
    orOff(count()),
    undefined,
    "connections at once from one network: IPv4 /24, IPv6 /48",
    256
  ),
  addressRate: setting(
    "address-rate",
    orOff(rate("m")),
    undefined,
    "new connections from one address per minute",
    30
  ),
  exemptAddresses: setting(
    "exempt",
    addressRanges,
    [],
    "addresses exempt from --max-per-address, --max-per-network and --address-rate"
  ),
  frameBytesMax: setting("max-frame", bytes(256, 256 * KiB * KiB), 64 * KiB, "longest request (FRAME-5)"),
  outboxBytesMax: setting(
    "max-outbox",
    bytes(KiB),
    1_536 * KiB,
    "bytes that may wait for a client, what is sent next included, before it is ended with slow_consumer"
  ),
  outboxesBytesMax: setting(
    "max-outboxes",
    bytes(64 * KiB),
    256 * KiB * KiB,
    "memory for what waits for clients one by one, before those with the most are ended"
  ),
  speakerShare: setting(
    "speaker-share",
    byteRate,
    64 * KiB,
    "what each client may say while a reader's outbox is over half; more stays unread"
  ),
  stallMillis: setting(
    "stall",
    duration(),
    2 * SECOND,
    "time without progress after which a reader holds back only those who say much"
  ),
  readerRate: setting(
    "reader-rate",
    byteRate,
    64 * KiB,
    "what a reader must take on average, so that others wait for it"
  ),
  readerLagMillis: setting(
    "reader-lag",
    duration(),
    24 * SECOND,
    "time by which a reader may be late against --reader-rate, before nobody waits for it any more"
  ),
  readerReserveBytes: setting(
    "reader-reserve",
    bytes(0),
    16 * KiB * KiB,
    "what may be said while more than --max-outbox waits for a reader that may turn out to read"
  ),
  loginMillisMax: setting(
    "login-timeout",
    orOff(duration()),
    60 * SECOND,
    "time a connection has to log in",
    20 * SECOND
  ),
  loginBytesMax: setting(
    "login-bytes",
    orOff(bytes(256)),
    64 * KiB,
    "bytes a connection may send before it has logged in",
    4 * KiB
  ),
  loginTriesMax: setting("login-tries", orOff(count()), 10, "refused logins after which a connection ends"),
  idleMillisMax: setting(
    "idle-timeout",
    orOff(duration()),
    undefined,
    "time a client may stay silent",
    5 * MINUTE
  ),
  messageRate: setting(
    "message-rate",
    orOff(rate("s")),
    undefined,
    "messages from one client per second",
    10
  ),
  messageBurst: setting(
    "message-burst",
    count(),
    30,
    "messages a client may send at once before --message-rate applies"
  ),
  trafficRate: setting(
    "traffic-rate",
    orOff(byteRate),
    undefined,
    "what one client may send and be answered, together; more stays unread",
    64 * KiB
  ),
  trafficBurst: setting(
    "traffic-burst",
    bytes(KiB),
    512 * KiB,
    "bytes a client may send and be answered at once before --traffic-rate applies"
  ),
  roomRate: setting(
    "room-rate",
    orOff(byteRate),
    undefined,
    "what all clients may say together; more stays unread",
    512 * KiB
  ),
  historyMax: setting(
    "history",
    orOff(count(1, 100_000)),
    200,
    "messages kept of each room; off: no history"
  ),
  historyMillisMax: setting("history-age", duration(), 24 * HOUR, "time for which messages are kept"),
  historyBytesMax: setting(
    "history-bytes",
    bytes(64 * KiB, 2 ** 40),
    64 * KiB * KiB,
    "memory for the messages that are kept, of all rooms and inboxes"
  ),
  roomsMax: setting("rooms-max", count(), 1_000, "rooms at once, besides the lobby"),
  clientRoomsMax: setting("rooms-per-client", count(1, 1_000), 20, "rooms that one client may be in"),
  graceMillis: setting(
    "grace",
    duration(),
    2 * MINUTE,
    "time for which the name, the rooms and the inbox of a client with history are kept after its connection ended"
  ),
  sessionsMax: setting(
    "sessions-max",
    count(),
    1_000,
    "absent clients with history that are waited for at once"
  ),
  addressSessionsMax: setting(
    "sessions-per-address",
    orOff(count()),
    undefined,
    "absent clients of one address that are waited for: IPv4, or IPv6 /64",
    4
  ),
  inboxMax: setting("inbox", count(1, 10_000), 100, "direct messages kept for each client with history"),
  inboxBytesMax: setting(
    "inbox-bytes",
    bytes(KiB),
    256 * KiB,
    "memory for the direct messages that are kept for one client"
  ),
  receiptsMax: setting(
    "receipts",
    count(1, 10_000),
    64,
    "latest messages of each client with history that are recognized when they are sent again"
  ),
  ...storeTable,
  drainMillisMax: setting("drain-timeout", duration(), 4_500, "time to shut down cleanly after a signal"),
  lingerMillisMax: setting(
    "linger",
    duration(),
    SECOND,
    "time an ended connection has to read its last words (END-1)"
  ),
  malformedMax: setting(
    "max-malformed",
    count(),
    10,
    "malformed lines in a row that end a connection (FRAME-7)"
  ),
  locale: setting("locale", oneOf(locales), "fr", "language of the texts for people"),
  logLevel: setting(
    "log-level",
    oneOf(["debug", "info", "warn", "error"]),
    "info",
    "least severe line logged"
  ),
  logFormat: setting("log-format", oneOf(["pretty", "json"]), "pretty", "format of the log lines"),
  metricsPort: setting(
    "metrics-port",
    orOff(port),
    undefined,
    "HTTP port of /metrics, /healthz and /readyz; 0 picks a free one"
  ),
  metricsHost: setting("metrics-host", address, "127.0.0.1", "address that the metrics port listens on"),
  otlpUrl: setting(
    "otlp-url",
    orNone(url),
    undefined,
    "OpenTelemetry collector that logs, metrics and traces are sent to, over HTTP"
  ),
  webPort: setting(
    "web-port",
    orOff(port),
    undefined,
    "HTTP port of the page and the WebSocket; 0 picks a free one"
  ),
  webHosts: setting("web-host", addresses, ["127.0.0.1", "::1"], "addresses that the web port listens on"),
  webOrigins: setting(
    "web-origin",
    origins,
    [],
    "origins of the page, as people reach it and where it is not this machine's name: others may not connect"
  ),
  trustedProxies: setting(
    "trust-proxy",
    addressRanges,
    [],
    "addresses of web proxies that tell the address of a client (X-Forwarded-For)"
  ),
  webMessageBytesMax: setting(
    "web-message",
    bytes(KiB, 256 * KiB * KiB),
    256 * KiB,
    "longest message of a WebSocket, which may hold several requests"
  ),
  webPingMillis: setting(
    "web-ping",
    duration(),
    30 * SECOND,
    "time between two checks that a browser is still there"
  ),
  readPauseBytes: setting(
    "read-pause",
    bytes(KiB),
    64 * KiB,
    "bytes that may wait for a client before its requests are left unread"
  ),
  hubItemsMax: setting("hub-size", count(), 4_096, "messages in transit before senders are left unread"),
  batchBytesMax: setting(
    "batch-bytes",
    bytes(KiB),
    256 * KiB,
    "bytes of messages joined into one write, at most"
  ),
  sliceRecipients: setting(
    "slice",
    count(),
    512,
    "recipients of a message served before other work gets its turn"
  ),
  reusesPort: setting(
    "reuse-port",
    onOff,
    false,
    "let other nodes on this machine listen on the same port and web port; the system deals out the clients"
  ),
  backlog: setting("backlog", count(), 4_096, "connections that may wait in the kernel to be accepted"),
  keepAliveMillis: setting(
    "keep-alive",
    duration(),
    MINUTE,
    "silence after which TCP checks that the peer is still there"
  )
} as const

type Table = typeof table

/** The value of each setting, in the unit its name ends with; `undefined` where it is off. */
export type Values = { readonly [Name in keyof Table]: Table[Name] extends Setting<infer A> ? A : never }

/** The defaults of a profile; those of `lab` are safe on a classroom machine. */
export const defaults = (profile: Profile = "lab"): Values =>
  Object.fromEntries(
    Object.entries(table).map(([name, row]) => [name, row.defaults[profile]])
  ) as unknown as Values

/** The settings of one server. */
export class Settings extends Context.Service<Settings, Values>()("palabre/Settings") {}
