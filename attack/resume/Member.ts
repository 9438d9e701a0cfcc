import { headerOf } from "./Content.ts"
import { Dice } from "./Dice.ts"
import { Reading } from "./Reading.ts"
import type { Run } from "./Run.ts"

/** A message that was or will be sent, and is not acked. */
export interface Pending {
  readonly cid: string
  readonly number: number
  readonly content: string
  readonly room: string | undefined
  readonly to: string | undefined
  /** It may have arrived before. */
  wasSent: boolean
}

/** A message that was acked, and its number if it has one. */
export interface Acked extends Pending {
  readonly seq: number | undefined
}

/** A room that a member comes and goes from. */
export interface Seat {
  /** `unsure` where the connection ended before the answer. */
  state: "in" | "out" | "joining" | "leaving" | "unsure"
  reading: Reading | undefined
  /** Up to this number it has asked to see its own messages, too. */
  ownUpTo: number
}

/** A connection, as the member sees it. */
export interface Connection {
  /** The exchange so far. */
  readonly lines: () => ReadonlyArray<string>
  /** Says something though another connection has taken over. */
  readonly haunt: () => void
  /** Asks for the end of what every room keeps: what nobody else was there to see. */
  readonly review: () => void
  /** Logs out. */
  readonly leave: () => void
}

/** What makes members of a run differ. */
export interface Character {
  /** Nothing happens to it, so that it sees all. */
  readonly isWitness: boolean
  readonly bytesPerSecond: number | undefined
  readonly rooms: ReadonlyArray<string>
}

/**
 * A client that stays: its session outlives its connections, which are cut at every point. It talks, and holds the server to
 * what it promises to those who come back.
 */
export class Member {
  readonly run: Run
  readonly dice: Dice
  readonly character: Character
  name: string
  /** Its session: its name, and how many it has had. */
  author = ""
  token: string | undefined
  epoch = ""
  readonly seats = new Map<string, Seat>()
  inbox = new Reading(0)
  pending: Array<Pending> = []
  /** The latest that it said. */
  acked: Array<Acked> = []
  said = 0
  /** Its connection, once it was logged in there. */
  connection: Connection | undefined
  /** A connection that the next one takes over. */
  old: Connection | undefined
  private sessions = 0
  private renamed = 0

  constructor(run: Run, name: string, character: Character) {
    this.run = run
    this.name = name
    this.character = character
    this.dice = new Dice(run.settings.seed, name)
    this.seats.set(lobby, newSeat("in"))
    for (const room of character.rooms) this.seats.set(room, newSeat("out"))
  }

  /** It has logged out. */
  isDone = false
  /** It has left a login unanswered at a node, which may take its session back there at any time. */
  hasLateLogin = false

  /** A session begins. */
  begin(): void {
    this.author = `${this.name}.${this.run.tag}-${++this.sessions}`
    this.inbox = new Reading(0)
    this.pending = []
    this.acked = []
  }

  /** What it sent may have been refused while later messages were not, and the reply was cut off: said again, it comes late. */
  doubtPending(): void {
    for (const { content, wasSent } of this.pending)
      if (wasSent) this.run.book.late.add(headerOf(content)!.id)
  }

  /** Its name is taken by a session whose token it never got. */
  rename(): void {
    this.name = this.name.replace(/~\d+$/, "") + `~${++this.renamed}`
  }

  /** Its session is gone with the log, and another one has its name, whose token it never got. */
  giveUp(): void {
    this.token = undefined
    this.rename()
    this.begin()
    for (const [room, seat] of this.seats)
      if (room !== lobby) this.seats.set(room, { ...seat, state: "out", reading: undefined })
  }

  /** A seat that is looked at for the first time, or known. */
  seatIn(room: string): Seat {
    const seat = this.seats.get(room) ?? newSeat("out")
    this.seats.set(room, seat)
    return seat
  }

  readingOf(room: string): Reading | undefined {
    return room === inbox ? this.inbox : this.seats.get(room)?.reading
  }

  /** The rooms that it still waits for, with what it has and what there is. */
  get due(): ReadonlyArray<string> {
    const rooms = [...this.seats].flatMap(([room, { reading, state }]) => {
      const highest = this.run.book.highestOf(room)
      return state === "in" && reading !== undefined && reading.cursor < highest
        ? [`${room} ${highest}, and has ${reading.cursor}`]
        : []
    })
    return [...rooms, ...this.pending.map(({ cid }) => `the ack of ${cid}`)]
  }
}

export const lobby = "lobby"
export const inbox = "@"

const newSeat = (state: Seat["state"]): Seat => ({ state, reading: undefined, ownUpTo: 0 })
