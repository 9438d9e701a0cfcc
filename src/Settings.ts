import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import { defaultPort } from "./Protocol.ts"
import { addresses, bytes, count, duration, durationOrOff, type Kind, oneOf } from "./SettingKinds.ts"
import { locales } from "./Texts.ts"

/** One tunable: what it means, how a person writes it, and its default. */
export interface Setting<A> extends Kind<A> {
  /** The flag of `serve`, without its dashes; the environment variable is made from it. */
  readonly flag: string
  readonly description: string
  readonly default: A
}

/** The environment variable of a setting: `--max-clients` is also `PALABRE_MAX_CLIENTS`. */
export const environmentName = (setting: Setting<unknown>): string =>
  `PALABRE_${setting.flag.toUpperCase().replaceAll("-", "_")}`

const setting = <A>(flag: string, kind: Kind<A>, value: A, description: string): Setting<A> => ({
  ...kind,
  flag,
  description,
  default: value
})

const KiB = 1024

/** Every tunable of the server. A new one is a row here; the flag, the variable and the help follow. */
export const table = {
  hosts: setting("host", addresses, ["127.0.0.1", "::1"], "addresses to listen on; 0.0.0.0,:: are all"),
  port: setting("port", count(0, 65_535), defaultPort, "TCP port; 0 takes a free one"),
  clientsMax: setting(
    "max-clients",
    count(),
    10_000,
    "connections served at once; never above the open-file limit less 64"
  ),
  frameBytesMax: setting("max-frame", bytes(256), 64 * KiB, "longest request (FRAME-5)"),
  outboxBytesMax: setting(
    "max-outbox",
    bytes(KiB),
    KiB * KiB,
    "what may wait for a client that reads slowly, before it is ended with slow_consumer"
  ),
  loginMillisMax: setting("login-timeout", durationOrOff, 60_000, "time a connection has to log in"),
  idleMillisMax: setting(
    "idle-timeout",
    durationOrOff,
    Number.POSITIVE_INFINITY,
    "time a logged-in client may send nothing"
  ),
  drainMillisMax: setting("drain-timeout", duration, 5_000, "time to end cleanly after a signal"),
  lingerMillisMax: setting(
    "linger",
    duration,
    1_000,
    "time an ended connection has to read its last words (END-1)"
  ),
  malformedMax: setting("max-malformed", count(), 10, "malformed lines in a row before the end (FRAME-7)"),
  locale: setting("locale", oneOf(locales), "fr", "language of the texts for people"),
  logLevel: setting(
    "log-level",
    oneOf(["debug", "info", "warn", "error"]),
    "info",
    "least severe line logged"
  ),
  logFormat: setting("log-format", oneOf(["pretty", "json"]), "pretty", "form of a log line"),
  readPauseBytes: setting(
    "read-pause",
    bytes(KiB),
    64 * KiB,
    "answers that may wait for a client before its requests are left unread"
  ),
  hubItemsMax: setting("hub-size", count(), 16_384, "messages on their way before senders are left unread"),
  batchBytesMax: setting("batch-bytes", bytes(KiB), 256 * KiB, "messages joined into one write, at most"),
  sliceRecipients: setting("slice", count(), 1_024, "recipients served before others get their turn"),
  backlog: setting("backlog", count(), 4_096, "connections the kernel may hold until they are accepted"),
  keepAliveMillis: setting(
    "keep-alive",
    duration,
    60_000,
    "silence after which TCP probes whether the peer is still there"
  )
} as const

type Table = typeof table

/** The value of each setting, in the unit its name ends with (`Infinity` where a limit is off). */
export type Values = { readonly [Name in keyof Table]: Table[Name] extends Setting<infer A> ? A : never }

/** The default of each setting: safe on a classroom machine. */
export const defaults = Object.fromEntries(
  Object.entries(table).map(([name, row]) => [name, row.default])
) as unknown as Values

/** The settings of one server. */
export class Settings extends Context.Service<Settings, Values>()("palabre/Settings") {
  static readonly layer = (values: Partial<Values> = {}): Layer.Layer<Settings> =>
    Layer.succeed(Settings, { ...defaults, ...values })
}
