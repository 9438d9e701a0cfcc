import { performance } from "node:perf_hooks"
import type { Address } from "../../src/net/Address.ts"
import { Trace } from "../Trace.ts"
import type { Fate, Point } from "./Fate.ts"
import { Line, type Received } from "./Line.ts"
import { lobby, type Member } from "./Member.ts"
import { type Exchange, ghost, isGoodbye, type OnReply } from "./Exchange.ts"
import { enter } from "./Login.ts"
import { Stream } from "./Stream.ts"
import { Talk } from "./Talk.ts"

/** A connection of a member, from its beginning to the end that its fate has for it. */
export class Visit implements Exchange {
  readonly member: Member
  private readonly trace = new Trace()
  /** Another connection of the member has taken over. */
  private isReplaced = false
  private isLoggedIn = false
  readonly unseen = new Set<string>()
  readonly renewed = new Set<string>()
  /** It has asked to be ended. */
  private isLeaving = false
  private isOver = false
  private readonly fate: Fate
  private readonly line: Line
  private readonly onOver: () => void
  private readonly stream: Stream
  private readonly talk: Talk
  private readonly counts = { requests: 0, acks: 0, events: 0 }
  private readonly expected: Array<{ readonly type: string; readonly onReply: OnReply }> = []
  private readonly address: Address
  /** When it began, as the outages count. */
  private readonly begunAt: number
  /** The epoch that its login's reply named. */
  private epoch: string | undefined
  private heardAtMillis = performance.now()
  private readonly ear: NodeJS.Timeout | undefined
  private isCut = false
  /** Nothing of it counts any more. */
  private isGone = false
  private goodbye: string | undefined

  constructor(member: Member, fate: Fate, onOver: () => void) {
    this.member = member
    this.fate = fate
    this.onOver = onOver
    this.stream = new Stream(this)
    this.talk = new Talk(this)
    const { addresses, outages, settings } = member.run
    const { bytesPerSecond } = member.character
    const listener = { connected: () => this.enter(), received: this.received, ended: this.ended }
    this.address = member.dice.pick(addresses)
    this.begunAt = outages.now
    this.line = new Line(this.address, listener, bytesPerSecond)
    if (settings.deafMillis !== undefined) this.ear = this.listen(settings.deafMillis)
  }

  readonly lines = () => this.trace.lines

  get book() {
    return this.member.run.book
  }

  get isSettling(): boolean {
    return this.member.run.isSettling
  }

  find(clause: string, what: string): void {
    this.book.find(clause, this.member.author || this.member.name, what, this.trace.lines)
  }

  /** Sends a request and does this with its reply. */
  ask(request: object, onReply: OnReply): void {
    if (this.isGone) return
    const n = this.counts.requests++
    if (this.meets("before a request", n)) return this.cut()
    if (this.meets("within a request", n)) {
      this.line.sendPart(request, this.fate.part)
      return this.cut()
    }
    if (this.meets("takeover", n)) return this.giveUp()
    this.expect(request, onReply)
    if (this.meets("before an ack", n)) this.cut()
  }

  private expect(request: object & { readonly type?: string }, onReply: OnReply): void {
    if (this.expected.length === 0) this.heardAtMillis = performance.now()
    this.expected.push({ type: request.type ?? "", onReply })
    this.send(request)
  }

  /** Waits for answers only so long, or twice as long, and goes somewhere else then, as clients do whose server is frozen. */
  private listen(deafMillis: number): NodeJS.Timeout {
    const millisMax = deafMillis * (1 + this.member.dice.below(100) / 100)
    return setInterval(() => {
      if (this.isStopped || this.expected.length === 0) return
      if (performance.now() - this.heardAtMillis < millisMax) return
      this.book.count("servers given up")
      if (this.isLoggedIn && this.member.dice.chance(0.5)) this.giveUp()
      else this.cutOff()
    }, lookMillis).unref()
  }

  send(request: object): void {
    this.trace.add("→", JSON.stringify(request))
    this.line.send(request)
  }

  /** Its login was answered; what was missed comes now. */
  welcomed(): void {
    this.isLoggedIn = true
    this.epoch = this.member.epoch
    this.member.connection = this
    this.member.old?.haunt()
    this.member.old = undefined
    if (this.meets("after the login's reply", this.fate.after)) this.cut()
    else this.talk.begin()
  }

  acked(): void {
    if (this.meets("at an ack", this.counts.acks++)) this.cut()
  }

  /** Says something on a connection that another has taken over: nobody may hear it. */
  haunt(): void {
    if (this.isOver) return
    this.line.send({ type: "message", content: `${ghost} ${this.member.author}` })
    this.book.count("ghosts")
  }

  /** Has another look at a room of which something was said to be gone. */
  doubt(room: string): void {
    this.talk.doubt(room)
  }

  /** Ends it, whatever it is at. */
  close(): void {
    this.isCut = true
    this.line.cut("close")
  }

  /** Asks for the end of what every room keeps. */
  review(): void {
    this.talk.review()
  }

  /** Logs out; done when the server has ended it. */
  leave(): void {
    this.isLeaving = true
    this.ask({ type: "logout" }, () => {
      this.member.isDone = true
    })
  }

  /** True where nothing more can be asked. */
  get isStopped(): boolean {
    return this.isGone || this.isCut || this.isOver || this.isLeaving
  }

  private cut(): void {
    if (this.isCut) return
    this.book.count("cuts")
    this.book.count(this.fate.point)
    this.cutOff()
  }

  private cutOff(): void {
    this.isCut = true
    this.line.cut(this.fate.how)
  }

  /** Leaves the connection to be replaced by the next one. */
  private giveUp(): void {
    this.book.count("takeover")
    this.isReplaced = true
    this.member.old = this
    this.member.run.replaced.add(this)
    this.over()
  }

  private meets(point: Point, n: number): boolean {
    return !this.isSettling && this.fate.point === point && n >= this.fate.after
  }

  private enter(): void {
    if (this.meets("before the login", this.fate.after)) return this.cut()
    const { onReply, request: login } = enter(this)
    if (this.meets("within the login", this.fate.after)) {
      this.line.sendPart(login, this.fate.part)
      return this.cut()
    }
    this.expect(login, onReply)
    if (this.meets("before the login's reply", this.fate.after)) this.cut()
  }

  private readonly received = (object: Received | undefined, text: string): void => {
    this.trace.add("←", text)
    this.heardAtMillis = performance.now()
    if (object === undefined) return this.find("WIRE-1", text)
    if (this.epoch !== undefined && this.epoch !== this.book.epoch) return this.close()
    if (this.isReplaced) {
      if (object.code !== undefined) this.goodbye = String(object.code)
      return
    }
    if (object.status !== undefined) this.replied(object)
    else {
      this.stream.take(object)
      const n = this.counts.events++
      if (this.meets("between events", n) || (this.isLoggedIn && this.meets("while catching up", n)))
        this.cut()
    }
    this.member.run.onProgress()
  }

  private replied(reply: Received): void {
    const expected = isGoodbye(reply) ? undefined : this.expected.shift()
    if (expected === undefined) this.goodbye = String(reply.code)
    else {
      const isRefused = reply.code === "unavailable"
      if (isRefused && this.troubles.size === 0)
        this.find("NODE-5", "a request was refused as unavailable, though the log was there")
      if (isRefused && expected.type !== "message") this.close()
      else expected.onReply(reply)
    }
  }

  /** True where it was ended by what was done to its node. */
  get wasStruck(): boolean {
    return this.isLoggedIn && this.isOver && !this.isCut && this.troubles.has("node")
  }

  /** What was done meanwhile to the server that it is connected to. */
  private get troubles() {
    return this.member.run.outages.since(this.begunAt, this.address)
  }

  private readonly ended = (isClosed: boolean): void => {
    this.isOver = true
    clearInterval(this.ear)
    this.member.run.replaced.delete(this)
    const { troubles } = this
    if (!this.isLoggedIn && this.member.run.addresses.length > 1) this.member.hasLateLogin = true
    if (troubles.has("log")) this.member.doubtPending()
    if (this.goodbye === "node_lost" && !troubles.has("node"))
      this.find("NODE-4", "its node was taken for dead, though nothing had happened to it")
    else if (troubles.size === 0) this.checkEnd(isClosed)
    this.over()
  }

  private checkEnd(isClosed: boolean): void {
    if (this.isReplaced) {
      if (isClosed && this.goodbye !== "session_replaced")
        this.find("RESUME-2", `it was replaced, and ended with ${this.goodbye ?? "no goodbye"}`)
    } else if (this.goodbye === "session_replaced" && this.member.hasLateLogin) return
    else if (this.goodbye !== undefined || (isClosed && !this.isLeaving && !this.isCut))
      this.find("END-1", `the server ended it with ${this.goodbye ?? "no goodbye"}`)
  }

  private over(): void {
    if (this.isGone) return
    this.isGone = true
    if (this.member.connection === this) this.member.connection = undefined
    for (const [room, seat] of this.member.seats)
      if (room !== lobby && (seat.state === "joining" || seat.state === "leaving")) seat.state = "unsure"
    this.onOver()
  }
}

const lookMillis = 100
