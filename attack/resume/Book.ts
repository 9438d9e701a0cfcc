import { performance } from "node:perf_hooks"
import { type Header, headerOf } from "./Content.ts"

/** In place of a clause, where the run itself came to nothing. */
export const noClause = ""

/** A clause that did not hold, and for whom. */
export interface Finding {
  readonly clause: string
  readonly who: string
  readonly what: string
  /** The exchange before it, oldest first. */
  readonly trace: ReadonlyArray<string>
}

/** A message as somebody saw it under a number. */
export interface Sighting {
  readonly username: string
  readonly header: Header
  readonly by: string
}

/** An ack of a message in a room; whoever has no history gets no number. */
export interface Ack {
  readonly header: Header
  readonly room: string
  readonly seq: number | undefined
}

/** What was heard by a client without numbers on one connection, in order. */
export interface Heard {
  readonly author: string
  readonly ids: ReadonlyArray<string>
}

/** Messages by room, then by number. */
export type Rooms = ReadonlyMap<string, ReadonlyMap<number, Sighting>>

/** All that was acked and seen in a run, by whomever; of rooms in one epoch. */
export class Book {
  /** The epoch that the newest numbers are of. */
  epoch = ""
  /** The number of reasons for which the log may be lost just now. */
  losses = 0
  /** What was seen in epochs that are over. */
  readonly past: Array<Rooms> = []
  readonly acks: Array<Ack> = []
  /** By room, then by number. */
  readonly rooms = new Map<string, Map<number, Sighting>>()
  /** Messages that were refused as not being in the log, by their ids. */
  readonly refused = new Set<string>()
  /** Messages that may stand after what was said later. */
  readonly late = new Set<string>()
  /** What clients heard that get no numbers. */
  readonly heard: Array<Heard> = []
  /** Numbers that a gap took from somebody, by room. */
  readonly missed = new Map<string, Set<number>>()
  /** Direct messages that were acked: to whom, and when. */
  readonly letters = new Map<string, { readonly to: string; readonly ackedAt: number }>()
  /** The times that a session saw a direct message. */
  readonly lettersSeen = new Map<string, number>()
  /** The sessions that had a gap in their inbox. */
  readonly lettersMissed = new Set<string>()
  readonly findings: Array<Finding> = []
  private readonly counts: Record<string, number> = {}
  private readonly highest = new Map<string, number>()
  private readonly firsts = new Map<string, number>()
  /** Those who are known to have a name that others want. */
  private readonly holders = new Map<
    string,
    { readonly author: string; readonly since: number; readonly isKept: boolean }
  >()
  private time = 0
  private ackedAtMillis: number | undefined
  private pauseMillis = 0

  /** True while a new epoch may begin. */
  get mayForget(): boolean {
    return this.losses > 0
  }

  /** A moment later than all before. */
  tick(): number {
    return ++this.time
  }

  count(what: string, by = 1): void {
    this.counts[what] = (this.counts[what] ?? 0) + by
  }

  numberOf(what: string): number {
    return this.counts[what] ?? 0
  }

  find(clause: string, who: string, what: string, trace: ReadonlyArray<string> = []): void {
    if (this.findings.length < FINDINGS_MAX) this.findings.push({ clause, who, what, trace })
  }

  /** Somebody is told an epoch. With a new one, all that was is gone; false where none can have begun. */
  enters(epoch: string): boolean {
    if (epoch === this.epoch) return true
    if (this.epoch === "") this.epoch = epoch
    else if (!this.mayForget) return false
    else this.begin(epoch)
    return true
  }

  /** The longest time between two acks that came one after the other. */
  get longestPauseMillis(): number {
    return this.pauseMillis
  }

  ack(ack: Ack): void {
    this.acks.push(ack)
    this.pause()
    if (ack.seq !== undefined) this.raise(ack.room, ack.seq)
  }

  /** Somebody saw a message of a room: one number has one message. */
  see(room: string, seq: number, username: string, content: string, by: string): void {
    const sightings = this.rooms.get(room) ?? new Map<number, Sighting>()
    this.rooms.set(room, sightings)
    const known = sightings.get(seq)
    const header = headerOf(content)
    this.raise(room, seq)
    if (header === undefined)
      return this.find("MSG-6", by, `${room} ${seq} was never said so: "${content.slice(0, 60)}"`)
    if (known === undefined) return void sightings.set(seq, { username, header, by })
    if (known.header.id === header.id && known.username === username) return
    const other = `"${known.header.id}" by ${known.username} to ${known.by}`
    this.find("SEQ-4", by, `${room} ${seq} is "${header.id}" by ${username}, and ${other}`)
  }

  /** Somebody was told that these numbers of a room are gone. */
  miss(room: string, from: number, to: number): void {
    const numbers = this.missed.get(room) ?? new Set<number>()
    this.missed.set(room, numbers)
    for (let seq = from; seq <= to; seq++) numbers.add(seq)
    this.raise(room, to)
  }

  /** Somebody was told that the history of a room begins here. */
  begins(room: string, first: number): void {
    if (first > this.firstOf(room)) this.firsts.set(room, first)
  }

  /** The highest number at which the history of a room was said to begin. */
  firstOf(room: string): number {
    return this.firsts.get(room) ?? 0
  }

  /** The highest number of a room that anybody knows of. */
  highestOf(room: string): number {
    return this.highest.get(room) ?? 0
  }

  /** The highest number of a room under which anybody saw what somebody else said. */
  highestBeside(room: string, author: string): number {
    const sightings = this.rooms.get(room)
    for (let seq = this.highestOf(room); seq > 0; seq--) {
      const by = sightings?.get(seq)?.header.author
      if (by !== undefined && by !== author) return seq
    }
    return 0
  }

  ackLetter(id: string, to: string): void {
    this.pause()
    if (!this.letters.has(id)) this.letters.set(id, { to, ackedAt: this.tick() })
  }

  seeLetter(id: string, by: string): void {
    this.lettersSeen.set(`${id} to ${by}`, (this.lettersSeen.get(`${id} to ${by}`) ?? 0) + 1)
  }

  /** True for a direct message that was acked before a moment. */
  isLetterBefore(id: string, moment: number): boolean {
    return (this.letters.get(id)?.ackedAt ?? Infinity) < moment
  }

  /**
   * Somebody has a name now, which is kept for its session or goes with the connection, and asked for it at a moment: what
   * is wrong with that, if anything.
   */
  reigns(name: string, author: string, askedAt: number, isKept: boolean): string | undefined {
    const holder = this.holders.get(name)
    this.holders.set(name, { author, since: this.tick(), isKept })
    return holder !== undefined && holder.since < askedAt
      ? `${name} was granted, while ${holder.author} had the name and has not given it up`
      : undefined
  }

  /** Whoever has a name gives it up now, or has lost it. */
  release(name: string, author: string): void {
    if (this.holders.get(name)?.author === author) this.holders.delete(name)
  }

  /** All connections have ended. */
  releaseAll(): void {
    for (const [name, { isKept }] of this.holders) if (!isKept) this.holders.delete(name)
  }

  private begin(epoch: string): void {
    this.epoch = epoch
    this.past.push(new Map(this.rooms))
    this.acks.length = 0
    this.heard.length = 0
    for (const known of [this.rooms, this.missed, this.letters, this.lettersSeen, this.lettersMissed])
      known.clear()
    for (const known of [this.highest, this.firsts, this.holders, this.late]) known.clear()
    this.count("epochs")
  }

  private pause(): void {
    const now = performance.now()
    this.pauseMillis = Math.max(this.pauseMillis, now - (this.ackedAtMillis ?? now))
    this.ackedAtMillis = now
  }

  private raise(room: string, seq: number): void {
    if (seq > this.highestOf(room)) this.highest.set(room, seq)
  }
}

const FINDINGS_MAX = 1_000
