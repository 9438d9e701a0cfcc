import type { Exchange } from "./Exchange.ts"
import { contentOf, headerOf } from "./Content.ts"
import type { Received } from "./Line.ts"
import { type Acked, lobby, type Member, type Pending, type Seat } from "./Member.ts"
import { Reading } from "./Reading.ts"

/** The things that a member does, and how often. */
const weights = { say: 80, write: 6, again: 5, twist: 1, page: 3, move: 3, list: 2 }

/** What a member asks for and says, and what it holds against the answers. */
export class Talk {
  private readonly exchange: Exchange
  private readonly member: Member
  private unanswered = 0

  constructor(exchange: Exchange) {
    this.exchange = exchange
    this.member = exchange.member
  }

  /** Says again what was not acked, and joins rooms that it was never in, then goes on. */
  begin(): void {
    for (const [room, seat] of this.member.seats)
      if (seat.state === "out" && seat.reading === undefined) this.join(room, seat)
    for (const pending of this.member.pending) this.send(pending)
    if (this.unanswered === 0) this.pause()
  }

  /** Asks for the newest message of a room, whose history must not begin before what was said to be gone. */
  doubt(room: string): void {
    if (!this.exchange.isStopped) this.page(room, { limit: 1 })
  }

  /** Asks for the newest messages of all its rooms. */
  review(): void {
    for (const [room, { state }] of this.member.seats)
      if (state === "in") this.page(room, { limit: reviewMax })
  }

  private pause(): void {
    setTimeout(() => this.burst(), this.member.dice.below(this.member.run.settings.thinkMillis)).unref()
  }

  private burst(): void {
    if (this.exchange.isStopped || this.exchange.isSettling) return
    const { dice } = this.member
    for (let left = 1 + dice.below(burstMax); left > 0 && !this.exchange.isStopped; left--)
      this[dice.weighted(weights)]()
    if (this.unanswered === 0) this.pause()
  }

  private ask(request: object, onReply: (reply: Received) => void): void {
    this.unanswered++
    this.exchange.ask(request, (reply) => {
      onReply(reply)
      if (--this.unanswered === 0) this.pause()
    })
  }

  private say(): void {
    const { dice, seats } = this.member
    const rooms = [...seats].flatMap(([room, { state }]) => (state === "in" ? [room] : []))
    this.add(dice.pick(rooms), undefined)
  }

  private write(): void {
    const { dice, name, run } = this.member
    const others = [...run.inboxes, ...run.contested].filter((other) => other !== name)
    if (others.length > 0) this.add(undefined, dice.pick(others))
  }

  private add(room: string | undefined, to: string | undefined): void {
    const { author, dice, pending, run } = this.member
    if (pending.length >= pendingMax) return
    const number = ++this.member.said
    const length = run.settings.allLong || dice.chance(longOnes) ? run.settings.size : dice.below(shortMax)
    const message = {
      cid: `${number}`,
      number,
      content: contentOf(author, number, length),
      room,
      to,
      wasSent: false
    }
    pending.push(message)
    this.send(message)
  }

  private send(message: Pending): void {
    const { wasSent } = message
    message.wasSent = true
    this.ask(requestOf(message), (reply) => this.answered(message, wasSent, reply))
  }

  private answered(message: Pending, wasSent: boolean, reply: Received): void {
    if (reply.code === "rate_limited")
      return void setTimeout(
        () => this.exchange.isStopped || this.send(message),
        Number(reply.retryAfterMs)
      ).unref()
    if (reply.code === "unavailable") return this.refused(message, wasSent, Number(reply.retryAfterMs))
    this.member.pending = this.member.pending.filter((other) => other !== message)
    const { contested, inboxes } = this.member.run
    const isSure = message.to === undefined || (inboxes.has(message.to) && !contested.includes(message.to))
    if (!isSure && unheard.has(String(reply.code))) return
    if (reply.status !== "success")
      return this.exchange.find(
        message.to === undefined ? "MSG-2" : "DM-3",
        `${message.cid} was answered with ${JSON.stringify(reply)}`
      )
    if (reply.duplicate === true && !wasSent)
      this.exchange.find("DEDUP-1", `${message.cid}, which is new, was taken for a duplicate`)
    this.take(message, reply)
  }

  /** The log could not take it: it was not said, unless it had been sent before and arrived then. */
  private refused(message: Pending, wasSent: boolean, retryMillis: number): void {
    const { book } = this.exchange
    const { id } = headerOf(message.content)!
    if (wasSent) {
      book.late.add(id)
      setTimeout(() => this.exchange.isStopped || this.send(message), retryMillis).unref()
    } else {
      book.refused.add(id)
      this.member.pending = this.member.pending.filter((other) => other !== message)
    }
  }

  private take(message: Pending, reply: Received): void {
    const { book } = this.exchange
    if (reply.cid !== message.cid)
      this.exchange.find("DEDUP-1", `the ack of ${message.cid} names ${reply.cid}`)
    const header = headerOf(message.content)!
    const seq = message.to === undefined ? Number(reply.seq) : undefined
    this.member.acked = [...this.member.acked, { ...message, seq }].slice(-ackedMax)
    if (seq === undefined) {
      book.ackLetter(header.id, message.to!)
      if (reply.seq !== undefined)
        this.exchange.find("DM-3", `the ack of a letter has the number ${reply.seq}`)
    } else {
      const room = message.room!
      const reading = this.member.readingOf(room)!
      const problem = reply.duplicate === true ? reading.knows(seq) : reading.ack(seq)
      if (problem !== undefined || !Number.isInteger(seq))
        this.exchange.find("SEQ-3", `${room}: ${problem ?? reply.seq}`)
      if ((reply.room ?? lobby) !== room)
        this.exchange.find("ROOM-1", `the ack of ${message.cid} is of ${reply.room}`)
      book.ack({ header, room, seq })
    }
    book.count("acked")
    this.exchange.acked()
  }

  /** Sends a message again that was acked. */
  private again(): void {
    const message = this.known()
    if (message === undefined) return
    this.ask(requestOf(message), ({ code, duplicate, seq, status }) => {
      if (isPutOff(code)) return
      if (status !== "success" || duplicate !== true || seq !== message.seq)
        this.exchange.find(
          "DEDUP-1",
          `${message.cid}, acked as ${message.seq}, was acked again as ${code ?? seq}`
        )
    })
  }

  /** Sends another message under a known cid. */
  private twist(): void {
    const message = this.known()
    if (message === undefined) return
    const content = contentOf(this.member.author, message.number, message.content.length + 1)
    this.ask({ ...requestOf(message), content: `${content}, twisted` }, ({ code }) => {
      if (code !== "invalid_request" && !isPutOff(code))
        this.exchange.find(
          "DEDUP-4",
          `another message under ${message.cid} was answered with ${code ?? "success"}`
        )
    })
  }

  private known(): Acked | undefined {
    const known = this.member.acked.filter(
      ({ room, to }) => to !== undefined || this.member.seats.get(room!)?.state === "in"
    )
    return known.length === 0 ? undefined : this.member.dice.pick(known)
  }

  /** Whatever anybody has seen before the list is asked for has to be seen before it comes. */
  private list(): void {
    const { author, epoch, name } = this.member
    const { book } = this.exchange
    const due = epoch === book.epoch ? book.highestBeside(lobby, author) : 0
    this.ask({ type: "list" }, ({ users }) => {
      const { cursor } = this.member.readingOf(lobby)!
      if (cursor < due && epoch === book.epoch)
        this.exchange.find(
          "SYNC-1",
          `a list came after ${cursor}, though ${due} was seen before it was asked for`
        )
      if (!Array.isArray(users) || users.filter((user) => user === name).length !== 1)
        this.exchange.find("LIST-1", `${name} is not on the list once`)
    })
  }

  /** Leaves a room, or joins one where it left off. */
  private move(): void {
    const { character, dice, pending, seats } = this.member
    if (character.rooms.length === 0 || pending.length > 0) return
    const room = dice.pick(character.rooms)
    const seat = seats.get(room)!
    if (seat.state === "in" && !character.isWitness) {
      seat.state = "leaving"
      this.ask({ type: "leave", room }, ({ status }) => {
        seat.state = "out"
        if (status !== "success") this.exchange.find("ROOM-2", `leaving ${room} was refused`)
      })
    } else if (seat.state === "out") this.join(room, seat)
  }

  private join(room: string, seat: Seat): void {
    const { character, dice, epoch } = this.member
    seat.state = "joining"
    const begins = this.exchange.book.firstOf(room)
    const after = seat.reading?.cursor ?? (character.isWitness ? 0 : undefined)
    const recent = after === undefined && dice.chance(0.5) ? 1 + dice.below(recentMax) : undefined
    this.ask({ type: "join", room, after, recent, ...(after !== undefined && { epoch }) }, (reply) => {
      seat.state = "in"
      if (reply.status !== "success")
        return this.exchange.find("ROOM-3", `joining ${room} was refused: ${reply.code}`)
      const [first, last] = [Number(reply.first), Number(reply.last)]
      seat.ownUpTo = last
      const at = after ?? (recent === undefined ? last : Math.max(first - 1, last - recent))
      seat.reading ??= new Reading(at)
      seat.reading.goOn(at)
      this.beginsAt(room, first, begins)
    })
  }

  /** The history of a room was said to begin here, after it had begun there. */
  private beginsAt(room: string, first: number, begins: number): void {
    if (first < begins)
      this.exchange.find("HIST-4", `${room} begins at ${first}, after it began at ${begins}`)
    this.exchange.book.begins(room, first)
  }

  private readonly page = (given?: string, options: { readonly limit?: number } = {}): void => {
    const { dice, seats } = this.member
    const rooms = [...seats].flatMap(([room, { state }]) => (state === "in" ? [room] : []))
    const room = given ?? dice.pick(rooms)
    const limit = options.limit ?? 1 + dice.below(pageMax)
    const { book } = this.exchange
    const { author } = this.member
    const begins = book.firstOf(room)
    const knows = this.member.readingOf(room)?.cursor ?? 0
    this.ask(
      { type: "history", room: room === lobby ? undefined : room, limit },
      ({ code, first, messages, status }) => {
        if (status !== "success")
          return this.exchange.find("HIST-2", `a page of ${room} was refused: ${code}`)
        const page = messages as ReadonlyArray<Received>
        const seqs = page.map(({ seq }) => Number(seq))
        const isRising = seqs.every((seq, at) => at === 0 || seq === seqs[at - 1]! + 1)
        if (!isRising || page.length > limit)
          this.exchange.find("HIST-2", `${room}: a page has ${seqs.join(" ")}`)
        const last = seqs.at(-1) ?? Number(first) - 1
        if (last < knows)
          this.exchange.find("HIST-2", `${room}: the newest message is ${last}, after ${knows} was seen`)
        this.beginsAt(room, Number(first), begins)
        for (const { content, seq, username } of page)
          book.see(room, Number(seq), String(username), String(content), author)
      }
    )
  }
}

const requestOf = ({ cid, content, room, to }: Pending) => ({
  type: "message",
  content,
  cid,
  to,
  room: room === lobby ? undefined : room
})

/** The codes with which a direct message may be refused. */
const unheard: ReadonlySet<string> = new Set(["no_such_user", "cannot_receive"])

/** Tells the codes with which a message may be refused though nothing is wrong with it. */
const isPutOff = (code: unknown): boolean => code === "rate_limited" || code === "unavailable"

const burstMax = 8
const pendingMax = 32
/** So many of the messages are long. */
const longOnes = 0.03
const shortMax = 80
const ackedMax = 32
const recentMax = 30
const pageMax = 30
const reviewMax = 200
