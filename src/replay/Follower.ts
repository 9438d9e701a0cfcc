import * as Effect from "effect/Effect"
import type { Hash } from "../fold/Operation.ts"
import type { Ring, Said } from "../fold/Ring.ts"
import type { Backlog, Connection } from "../net/Connection.ts"
import type { Settings } from "../settings/Settings.ts"
import { inboxKey, messageLine, type Place } from "./Lines.ts"
import { type ReplayCounters, Stream } from "./Stream.ts"

/** A piece of what a room's members are shown: messages up to a number, or the ack of the one with that number. */
export interface Piece {
  readonly bytes: Buffer
  readonly seq: number
  readonly isAck: boolean
}

/** Where a client begins to follow. */
export interface Start {
  /** What it has seen, or is not to be shown. */
  readonly after: number
  /** The last number when it began to follow: those up to it are shown from what is kept, later ones are published. */
  readonly upto: number
  /** True if what its own session said is not to be shown, as it knows that. */
  readonly skipOwn: boolean
  /** What it is told first. */
  readonly gap?: Buffer
}

/**
 * Shows a client with the feature `history` everything in its order. While it reads fast enough it is live: it is offered
 * the same bytes as all others. Otherwise, and when it comes back, it catches up: what it has missed is read from what is
 * kept, piece by piece, as it takes the one before. Meanwhile a message that is published waits as a number only; acks and
 * events wait as they are, each at its place.
 */
export class Follower implements Backlog {
  readonly connection: Connection
  readonly session: Hash
  bytes = 0
  /** Bytes that were read for it from what is kept. */
  readBytes = 0
  private readonly settings: FollowerSettings
  private readonly counters: ReplayCounters
  private readonly streams = new Map<string, Stream>()
  /** What it is to be shown, in order; empty while it is live. No two readings come one after the other. */
  private waiting: Array<Words | Reading> = []
  private onSettled: (() => void) | undefined

  constructor(connection: Connection, session: Hash, settings: FollowerSettings, counters: ReplayCounters) {
    this.connection = connection
    this.session = session
    this.settings = settings
    this.counters = counters
    connection.backlog = this
  }

  get isFull(): boolean {
    return this.isLive ? this.connection.needsDrain : this.bytes >= this.settings.readPauseBytes
  }

  /** True if nothing waits. */
  get isLive(): boolean {
    return this.waiting.length === 0
  }

  /** Begins to follow a place, from what is kept of it. */
  follow(place: Place, ring: Ring, { after, gap, skipOwn, upto }: Start): void {
    this.unfollow(place.key)
    const stream = new Stream(
      { place, ring, session: this.session, ownUpto: skipOwn ? 0 : upto, counters: this.counters },
      after
    )
    this.streams.set(place.key, stream)
    if (gap !== undefined) this.tell([gap])
    this.owe(stream, upto)
    this.catchUp()
  }

  /** Shows nothing more of a place, except the acks that wait. */
  unfollow(key: string): void {
    const stream = this.streams.get(key)
    if (stream !== undefined) stream.isOver = true
    this.streams.delete(key)
  }

  /** Shows what was published at a place, with acks in that of its own messages; `areOwn` are shown to nobody else. */
  show(key: string, pieces: ReadonlyArray<Piece>, areOwn = false): void {
    const stream = this.streams.get(key)
    const last = pieces.at(-1)
    if (stream === undefined || last === undefined) return
    if (this.isLive && this.fits(pieces)) {
      stream.shown = stream.due = last.seq
      if (pieces.length === 1 && !areOwn) this.connection.offer(last.bytes)
      else {
        const parts = pieces.map(({ bytes }) => bytes)
        this.connection.offerTogether(parts, areOwn)
      }
      return
    }
    for (const { bytes, isAck, seq } of pieces) {
      this.owe(stream, isAck ? seq - 1 : seq)
      if (!isAck) continue
      this.hold(this.waiting.length, [bytes], true, { stream, seq })
      stream.due = seq
    }
    this.catchUp()
  }

  /** Shows a letter that came to the inbox. */
  letter(said: Said): void {
    const place = this.streams.get(inboxKey)?.place
    if (place === undefined) return
    const bytes = Buffer.from(messageLine(place, said))
    this.show(inboxKey, [{ bytes, seq: said.seq, isAck: false }], true)
  }

  /** Tells something at its place: after all that was published before, whether that has been shown yet or not. */
  tell(parts: ReadonlyArray<Buffer>, areOwn = false): void {
    if (this.isLive) this.connection.offerTogether(parts, areOwn)
    else this.hold(this.waiting.length, parts, areOwn)
  }

  /** Answers a request: after all that was told and answered before, but before messages that were not shown yet. */
  answer(parts: ReadonlyArray<Buffer>): void {
    const last = this.waiting.at(-1)
    if (last === undefined) this.connection.offerTogether(parts, true)
    else this.hold(this.waiting.length - (isReading(last) ? 1 : 0), parts, true)
    this.catchUp()
  }

  readonly settled: Effect.Effect<void> = Effect.callback<void>((resume) => {
    if (this.isLive) return resume(Effect.void)
    const { connection } = this
    let { takenBytes } = connection
    const look = setInterval(() => {
      if (connection.takenBytes === takenBytes) this.drop()
      takenBytes = connection.takenBytes
    }, this.settings.lingerMillisMax)
    this.onSettled = () => {
      clearInterval(look)
      resume(Effect.void)
    }
  })

  onDrain(): void {
    this.catchUp()
  }

  drop(): void {
    this.streams.clear()
    for (const step of this.waiting) if (!isReading(step)) this.release(step)
    this.waiting = []
    this.onSettled?.()
  }

  /** True if so much more may wait without anybody having to wait for this client. */
  private fits(pieces: ReadonlyArray<Piece>): boolean {
    let { waitingBytes } = this.connection
    for (const { bytes } of pieces) waitingBytes += bytes.length
    return waitingBytes <= this.settings.outboxBytesMax / 2
  }

  /** Is to show a place up to a number. */
  private owe(stream: Stream, upto: number): void {
    if (upto <= stream.due) return
    stream.due = upto
    const last = this.waiting.at(-1)
    if (last !== undefined && isReading(last)) last.set(stream, upto)
    else this.waiting.push(new Map([[stream, upto]]))
  }

  /** Lets words wait at an index, unless too many do. */
  private hold(index: number, parts: ReadonlyArray<Buffer>, areOwn: boolean, ack?: Words["ack"]): void {
    const bytes = parts.reduce((sum, { length }) => sum + length, 0)
    const keptBytes = this.connection.hold(bytes, areOwn)
    if (keptBytes === 0) return
    this.bytes += bytes
    this.waiting.splice(index, 0, { parts, areOwn, bytes, keptBytes, ack })
  }

  /** Shows what waits, until the client has enough to take. */
  private catchUp(): void {
    const { connection } = this
    while (!this.isLive && !connection.needsDrain) {
      const [next] = this.waiting
      if (isReading(next!)) this.read(next)
      else this.take(next!)
    }
    if (this.isLive) this.onSettled?.()
  }

  private take(words: Words): void {
    const { ack, areOwn, parts } = words
    this.waiting.shift()
    this.release(words)
    if (ack !== undefined) ack.stream.shown = ack.seq
    this.connection.pour(parts, areOwn)
  }

  private release({ bytes, keptBytes }: Words): void {
    this.bytes -= bytes
    this.connection.onFreed(keptBytes)
  }

  /** Shows the next messages: about as many as may wait for the client. */
  private read(reading: Reading): void {
    let text = ""
    for (const [stream, upto] of reading) {
      while (stream.shown < upto && text.length < this.settings.readPauseBytes) text += stream.next(upto)
      if (stream.shown < upto) break
      reading.delete(stream)
    }
    if (reading.size === 0) this.waiting.shift()
    if (text === "") return
    const bytes = Buffer.from(text)
    this.readBytes += bytes.length
    this.connection.pour([bytes], true)
  }
}

type FollowerSettings = Pick<Settings["Service"], "lingerMillisMax" | "outboxBytesMax" | "readPauseBytes">

/** Bytes that wait at their place. */
interface Words {
  readonly parts: ReadonlyArray<Buffer>
  readonly areOwn: boolean
  readonly bytes: number
  readonly keptBytes: number
  /** The message that they acknowledge, if it is one that they stand for. */
  readonly ack: { readonly stream: Stream; readonly seq: number } | undefined
}

/** The numbers up to which streams are to be shown before what comes next. */
type Reading = Map<Stream, number>

const isReading = (step: Words | Reading): step is Reading => step instanceof Map
