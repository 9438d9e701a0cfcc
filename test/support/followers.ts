import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { it } from "@effect/vitest"
import { Ring, Said } from "../../src/fold/Ring.ts"
import { Hub } from "../../src/hub/Hub.ts"
import { Connection } from "../../src/net/Connection.ts"
import { Connections } from "../../src/net/Connections.ts"
import { Pauses } from "../../src/net/Pauses.ts"
import type { Transport, TransportOwner } from "../../src/net/Transport.ts"
import { Follower } from "../../src/replay/Follower.ts"
import { defaults, Settings } from "../../src/settings/Settings.ts"

const KiB = 1_024
export const settings = { ...defaults(), outboxBytesMax: 1_024 * KiB, lingerMillisMax: 10 }

const parts = Hub.layer.pipe(
  Layer.provideMerge(Pauses.layer),
  Layer.provideMerge(Connections.layer),
  Layer.provide(Layer.succeed(Settings, settings)),
  Layer.fresh
)

/** The end of a client, which takes only as many bytes as the test says; `-1` for as they come. */
class Client implements Transport {
  readonly peer = { host: "fake", port: 1 }
  readonly ends = { localPort: 2, peer: this.peer }
  readonly bytesIn = 0
  readonly bytesOut = 0
  takenBytes = 0
  waitingBytes = 0
  mostWaitingBytes = 0
  needsDrain = false
  text = ""
  isReading = false
  owner!: TransportOwner
  private readonly kept: Array<number> = []
  open(owner: TransportOwner): void {
    this.owner = owner
  }
  write(bytes: Buffer, ownBytes = 0): number {
    this.text += String(bytes)
    this.waitingBytes += bytes.length
    this.mostWaitingBytes = Math.max(this.mostWaitingBytes, this.waitingBytes)
    this.needsDrain = this.waitingBytes >= settings.readPauseBytes
    if (this.isReading) {
      this.take()
      return 0
    }
    this.kept.push(256 + ownBytes)
    return 256 + ownBytes
  }
  writeTogether(parts: ReadonlyArray<Buffer>, areOwn: boolean): number {
    return parts.reduce((sum, part) => sum + this.write(part, areOwn ? part.length : 0), 0)
  }
  probe(): void {}
  pause(): void {}
  resume(): void {}
  end(): void {}
  abort(): void {
    for (const bytes of this.kept.splice(0)) this.owner.onFreed(bytes)
    this.owner.onClose()
  }
  abortWhenIdle(): void {}

  /** Takes all that waits, which makes room for more. */
  take(): void {
    this.takenBytes += this.waitingBytes
    this.waitingBytes = 0
    this.needsDrain = false
    for (const bytes of this.kept.splice(0)) this.owner.onFreed(bytes)
    this.owner.onDrain()
  }

  /** Takes until nothing more comes. */
  readonly takeAll = () => {
    while (this.waitingBytes > 0) this.take()
  }

  /** What it was sent, in short: `3` is the message with that number, `lab 3` one of a room, `1-3` a gap. */
  get story(): ReadonlyArray<string> {
    return this.text
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
      .map(({ from, room, said, seq, to, type }) => {
        const what = type === "gap" ? `${from}-${to}` : type === "message" ? `${seq}` : `${said}`
        return room === undefined ? what : `${room} ${what}`
      })
  }
}

/** A room of which so many messages are kept. */
export const room = (name: string, keeps = 1_000) => {
  const ring = new Ring(0)
  return {
    key: name,
    name,
    ring,
    say: (length = 1, session?: string): Said => {
      const content = "x".repeat(length)
      const said = new Said(ring, ++ring.last, ring.last, 0, "alice", content, session)
      ring.add(said)
      if (ring.size > keeps) ring.remove(ring.oldest!)
      return said
    }
  }
}
type Room = ReturnType<typeof room>

export const words = (said: string): Buffer => Buffer.from(`${JSON.stringify({ said })}\n`)

/** A hub with clients that follow. */
const makeHouse = Effect.gen(function* () {
  const hub = yield* Hub
  const { open, outboxes, readMillis } = yield* Connections
  const connect = (session = "") => {
    const client = new Client()
    const seat = { acceptedAtMillis: 0, address: "", refusal: undefined }
    const rules = { ...settings, onSlow: () => {}, onClosed: () => {}, outboxes, readMillis }
    const connection = new Connection(1, client, seat, rules)
    ;(open as Set<Connection>).add(connection)
    return { client, connection, follower: new Follower(connection, session, settings, { gaps: 0 }) }
  }
  type Guest = ReturnType<typeof connect>
  /** Shows a guest what a room keeps above a number, then what is said there. */
  const join = ({ connection, follower }: Guest, place: Room, after = place.ring.last, skipOwn = false) => {
    hub.audiences.join(place.key, connection, { watches: true, follower })
    follower.follow(place, place.ring, { after, upto: place.ring.last, skipOwn })
  }
  const publish = (place: Room, said: Said, from?: Guest, ack = words(`ack ${said.seq}`)) =>
    hub.publish({
      room: place,
      to: "members",
      from: from?.connection,
      bytes: words("plain"),
      said,
      ...(from && { ack })
    })
  const tell = (place: Room, said: string) =>
    hub.publish({ room: place, to: "watchers", from: undefined, bytes: words(said) })
  /** Done once everything published before was offered. */
  const offered = hub.inTurn(() => undefined)
  return { hub, connect, join, publish, tell, offered, outboxes }
})

export const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => `${from + i}`)

/** A test with a house of its own. */
export const inHouse = <E>(
  name: string,
  run: (house: Effect.Success<typeof makeHouse>) => Effect.Effect<void, E>
) => it.live(name, () => Effect.scoped(Effect.flatMap(makeHouse, run)).pipe(Effect.provide(parts)))
