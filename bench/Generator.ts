import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { run } from "../process/Process.ts"
import type { Peer } from "./Peer.ts"
import { compile, type Executable } from "./Executable.ts"
import type { Servers, Variant } from "./Servers.ts"
import { Unmeasured } from "./Running.ts"

/** An activity in a room; `generator/main.cpp` does it. */
export type Phase = Saturate | Pace | Ack | List | Resume | Recall

/** Each sender has so many messages on the way, all the time. */
export interface Saturate {
  readonly phase: "saturate"
  readonly seconds: number
  readonly window: number
}

/** So many messages a second in all, whatever comes back. */
export interface Pace {
  readonly phase: "pace"
  readonly seconds: number
  readonly rate: number
  /** Pings measure the server's pauses at the same time. */
  readonly probe?: 1
  /** Bytes that one more client is sent first, which has stopped reading. */
  readonly frozen?: number
}

/** So many messages a second in all, each timed until its sender has the acknowledgement. */
export interface Ack {
  readonly phase: "ack"
  readonly seconds: number
  readonly rate: number
}

/** One client asks who is there, again and again. */
export interface List {
  readonly phase: "list"
  readonly seconds: number
}

/** All but one client lose their connections, miss so many messages, and come back. */
export interface Resume {
  readonly phase: "resume"
  readonly missed: number
}

/** All but one client join a room with so many messages, so many of them at a time, and ask for all of it. */
export interface Recall {
  readonly phase: "recall"
  readonly messages: number
  readonly window: number
}

/** The cost of one phase, seen from outside. Operations are logins, deliveries, acknowledgements, lists, or clients that came back or joined. */
export const Reading = Schema.Struct({
  phase: Schema.String,
  seconds: Schema.Finite,
  /** CPU time of the server, or of all that are one. */
  cpuSeconds: Schema.Finite,
  /** CPU time of the brokers that keep its chat. */
  besideSeconds: Schema.Finite,
  /** Time in which the generator ran or waited for a CPU. */
  generatorSeconds: Schema.Finite,
  residentBytes: Schema.Finite,
  operations: Schema.Finite,
  /** Deliveries that never came. */
  lost: Schema.Finite,
  p50Micros: Schema.Finite,
  p99Micros: Schema.Finite,
  maxMicros: Schema.Finite,
  /** By how much the generator itself was late, for 99 of 100 messages. */
  lateMicros: Schema.optionalKey(Schema.Finite),
  pingP99Micros: Schema.optionalKey(Schema.Finite),
  pingMaxMicros: Schema.optionalKey(Schema.Finite),
  /** Tells whether the server still keeps the client that stopped reading. */
  frozenConnected: Schema.optionalKey(Schema.Boolean)
})
export type Reading = typeof Reading.Type

const decodeReading = Schema.decodeUnknownEffect(Schema.fromJsonString(Reading))

/** Compiles the load generator, or takes the one compiled before. */
export const prepareGenerator = compile("bench/generator/main.cpp")

/** A room of so many clients, and what happens in it. */
export interface Visit extends Variant {
  readonly clients: number
  readonly phases: ReadonlyArray<Phase>
}

/** A crowd to drive against a server. */
export interface Drive {
  readonly generator: Executable
  readonly peer: Peer
  readonly servers: Servers
  readonly visit: Visit
  /** The factor of the time of each phase. */
  readonly scale: number
}

/** Drives a crowd through phases; the readings are of the start, the logins, then each phase. */
export const drive = Effect.fnUntraced(
  function* ({ generator, peer, scale, servers, visit }: Drive) {
    const { clients, dialect = peer.dialect, phases } = visit
    const crowd = {
      protocol: dialect,
      port: servers.ports.join(":"),
      pid: servers.pids.join(":"),
      beside: servers.besidePids.join(":"),
      clients,
      senders: 10,
      bytes: 64,
      atOnce: peer.loginsAtOnce ?? 64
    }
    const { ended, errors, output } = yield* run({
      command: [
        ...generator.command,
        option("crowd", crowd),
        ...phases.map(({ phase, ...options }) =>
          option(phase, "seconds" in options ? { ...options, seconds: options.seconds * scale } : options)
        )
      ]
    })
    if (ended.code !== 0)
      return yield* new Unmeasured({ reason: errors.text.trim() || `the generator ended (${ended.how})` })
    return yield* Effect.forEach(output.text.trim().split("\n"), (line) => decodeReading(line))
  },
  Effect.catchTag("SchemaError", (error) =>
    Effect.fail(new Unmeasured({ reason: `the generator printed: ${error.message}` }))
  )
)

/** The reasons why a reading may say less about the server than it seems to. */
export const doubtsAbout = (reading: Reading): ReadonlyArray<string> => {
  const { cpuSeconds, frozenConnected, generatorSeconds, lateMicros = 0, lost, phase, seconds } = reading
  return [
    ...(lost > 0
      ? [
          frozenConnected === undefined
            ? "some messages never arrived"
            : "one client that does not read kept messages from the others"
        ]
      : []),
    ...(phase === "saturate" && generatorSeconds > BUSY * seconds && cpuSeconds < BUSY * seconds
      ? ["the load generator was the bottleneck, the server could deliver more"]
      : []),
    ...(lateMicros > LATE_MICROS
      ? ["the load generator was late, as the machine is busy: latencies are too long"]
      : [])
  ]
}

/** A process that ran, or waited for a CPU, for more than this share of the time is the one that all wait for. */
const BUSY = 0.9
const LATE_MICROS = 5_000

/** A phase or crowd as the generator reads it: `pace,seconds=1,rate=100`. Also what a phase is known by. */
const option = (name: string, options: object): string =>
  [name, ...Object.entries(options).map(([key, value]) => `${key}=${value}`)].join(",")
