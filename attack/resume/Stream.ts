import { type Exchange, ghost } from "./Exchange.ts"
import { headerOf } from "./Content.ts"
import type { Received } from "./Line.ts"
import { inbox, lobby, type Member } from "./Member.ts"

/** What comes to a member without its asking: messages and gaps, each at its place. */
export class Stream {
  private readonly exchange: Exchange
  private readonly member: Member

  constructor(exchange: Exchange) {
    this.exchange = exchange
    this.member = exchange.member
  }

  take(event: Received): void {
    const room = event.room === undefined ? lobby : String(event.room)
    const reading = this.member.readingOf(room)
    const state = room === inbox ? "in" : this.member.seats.get(room)?.state
    if (event.room === lobby) this.exchange.find("ROOM-1", "an event of the lobby names it")
    if (event.to !== undefined && room !== inbox && event.type === "message")
      this.exchange.find("DM-1", `a message to ${event.to} came to ${this.member.name}`)
    else if (state === "joining")
      this.exchange.find("ROOM-3", `something of ${room} came before the reply to the join`)
    else if (reading === undefined || state === "out" || state === undefined)
      this.exchange.find("ROOM-2", `something came of ${room}, in which it is not`)
    else if (event.type === "message") this.message(event, room)
    else if (event.type === "gap") this.gap(event, room)
    else this.exchange.find("PLAIN-1", `an event "${event.type}" came`)
  }

  private message({ content, seq, to, username }: Received, room: string): void {
    const { book } = this.exchange
    book.count("deliveries")
    if (String(content).startsWith(ghost))
      return this.exchange.find("RESUME-2", `a connection that was replaced was heard: ${content}`)
    if (this.exchange.unseen.delete(room))
      this.exchange.find("RESUME-3", `${room} goes on at ${seq}, and no gap says that something was not seen`)
    if (this.exchange.renewed.delete(room))
      this.exchange.find("RESUME-3", `${room} goes on at ${seq}, and no gap says that numbers begin anew`)
    const problem = this.member.readingOf(room)!.message(Number(seq))
    if (problem !== undefined || !Number.isInteger(seq))
      this.exchange.find("SEQ-2", `${room}: ${problem ?? seq}`)
    const header = headerOf(String(content))
    if (header?.author.split(".")[0] !== username)
      this.exchange.find("MSG-7", `${username} said "${String(content).slice(0, 60)}"`)
    if (room === inbox) return this.letter(header?.id ?? "", String(to))
    if (header?.author === this.member.author && Number(seq) > this.member.seats.get(room)!.ownUpTo)
      this.exchange.find("MSG-3", `its own ${room} ${seq} was shown to it`)
    book.see(room, Number(seq), String(username), String(content), this.member.author)
  }

  private letter(id: string, to: string): void {
    const { author, name } = this.member
    if (to !== name) this.exchange.find("DM-1", `a message to ${to} came to ${name}`)
    this.exchange.book.seeLetter(id, author)
  }

  private gap({ epoch, from, last, reason, to }: Received, room: string): void {
    const { book, renewed, unseen } = this.exchange
    book.count("gaps")
    const reading = this.member.readingOf(room)!
    if (reason === "epoch" && epoch === this.member.epoch && renewed.delete(room)) {
      if (room !== inbox) book.miss(room, 1, Number(last))
      return reading.goOn(Number(last))
    }
    if (reason === "unseen" && (unseen.delete(room) || Number(to) === 0)) return reading.goOn(Number(to))
    if (reason !== "expired")
      return this.exchange.find("RESUME-3", `a gap of ${room} came for the reason "${reason}"`)
    const problem = reading.gap(Number(from), Number(to))
    if (problem !== undefined) this.exchange.find("HIST-3", `${room}: ${problem}`)
    if (room === inbox) return void book.lettersMissed.add(this.member.author)
    book.miss(room, Number(from), Number(to))
    this.exchange.book.begins(room, Number(to) + 1)
    this.exchange.doubt(room)
  }
}
