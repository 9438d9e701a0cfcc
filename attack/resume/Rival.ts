import * as Effect from "effect/Effect"
import type { Address } from "../../src/net/Address.ts"
import { Trace } from "../Trace.ts"
import type { Book } from "./Book.ts"
import { contentOf, headerOf } from "./Content.ts"
import { Dice } from "./Dice.ts"
import { type Cut, Line, type Received } from "./Line.ts"
import { features } from "./Login.ts"
import { isGoodbye } from "./Exchange.ts"
import { inbox, lobby } from "./Member.ts"
import type { Run } from "./Run.ts"

/**
 * A client that wants a name which others want, too. It reigns for a moment, says something, and gives the name up: by a
 * logout or, without a session, by the end of its connection; with a session it may be away before that. Nothing that it said may come after what the next one says.
 */
export class Rival {
  private readonly run: Run
  private readonly id: string
  private readonly name: string
  private readonly dice: Dice
  private author = ""
  /** Of a session in which it is away. */
  private token: string | undefined
  /** The epoch in which it got that. */
  private epoch: string | undefined
  private reigns = 0
  private said = 0

  constructor(run: Run, name: string, id: string) {
    this.run = run
    this.name = name
    this.id = id
    this.dice = new Dice(run.settings.seed, `${name} ${id}`)
  }

  readonly live: Effect.Effect<void> = Effect.gen({ self: this }, function* () {
    while (!this.run.isSettling || this.token !== undefined) {
      yield* Effect.callback<void>((resume) => {
        const line = this.reign(() => resume(Effect.void))
        return Effect.sync(() => line.cut("reset"))
      })
      yield* Effect.sleep(this.dice.below(this.run.settings.thinkMillis))
    }
  })

  /** Tries to have the name, and has it for a moment; or comes back to give it up, where it still has it. */
  private reign(onOver: () => void): Line {
    const { addresses, book, outages, settings, tag } = this.run
    const { deafMillis, reignMillis } = settings
    if (this.epoch !== book.epoch) this.token = undefined
    const token = this.token
    const address = this.dice.pick(addresses)
    const hasSession = token !== undefined || this.dice.chance(0.5)
    const sentAt = book.tick()
    if (token === undefined) this.author = `${this.name}.${tag}-${this.id}${++this.reigns}`
    const login = { type: "login", username: this.name, ...(hasSession && { features }), session: token }
    let isAnswered = false
    const exchange = new Exchange(book, address, this.author, {
      connected: () => {
        if (deafMillis !== undefined)
          setTimeout(() => isAnswered || exchange.line.cut("reset"), deafMillis).unref()
        exchange.ask(login, (reply) => {
          isAnswered = true
          if (reply.code === "unavailable") return exchange.line.cut("close")
          if (reply.status !== "success") {
            const isKnown = token !== undefined && !book.mayForget && this.epoch === book.epoch
            if (isKnown) exchange.find("RESUME-1", `its name was refused to it: ${reply.code}`)
            this.token = undefined
            return exchange.line.cut("close")
          }
          if (token !== undefined && reply.epoch !== this.epoch) return exchange.line.cut("close")
          if (token !== undefined && reply.resumed !== true)
            exchange.find("RESUME-3", "its session was not resumed")
          // a node that the others think to be dead may have granted it before, or a log that is lost
          const isSure = !book.mayForget && (hasSession || !outages.at(address).has("node"))
          const problem =
            token === undefined && isSure
              ? book.reigns(this.name, this.author, sentAt, hasSession)
              : undefined
          if (problem !== undefined) exchange.find("LOGIN-3", problem)
          this.token = hasSession ? String(reply.session) : undefined
          this.epoch = hasSession ? String(reply.epoch) : book.epoch
          for (let left = this.dice.below(MESSAGES_MAX); left > 0; left--) this.say(exchange, hasSession)
          const giveUp = () => this.giveUp(exchange, hasSession)
          if (reignMillis !== undefined && this.dice.chance(0.3)) this.stay(exchange, hasSession, reignMillis)
          else if (this.dice.chance(0.5)) giveUp()
          else setTimeout(giveUp, this.dice.below(settings.thinkMillis / 4))
        })
      },
      letter: (id) => {
        if (token === undefined && book.isLetterBefore(id, sentAt))
          exchange.find("DM-3", `a letter came that was to somebody before it: ${id}`)
      },
      ended: () => {
        if (this.token === undefined) book.release(this.name, this.author)
        onOver()
      }
    })
    return exchange.line
  }

  /** Keeps the name for so long, and goes on talking, whether anybody answers or not. */
  private stay(exchange: Exchange, hasSession: boolean, leftMillis: number): void {
    if (exchange.line.isOver) return
    if (leftMillis <= 0 || this.run.isSettling) return this.giveUp(exchange, hasSession)
    this.say(exchange, hasSession)
    if (!hasSession) this.run.onWord(exchange.address)
    const pauseMillis = 20 + this.dice.below(this.run.settings.thinkMillis)
    setTimeout(() => this.stay(exchange, hasSession, leftMillis - pauseMillis), pauseMillis).unref()
  }

  private say({ ask, find }: Exchange, hasSession: boolean): void {
    const { book } = this.run
    const content = contentOf(this.author, ++this.said, this.dice.below(80))
    ask({ type: "message", content }, ({ code, seq, status }) => {
      if (code === "unavailable") book.refused.add(headerOf(content)!.id)
      if (status !== "success" || this.epoch !== book.epoch) return
      if (hasSession !== Number.isInteger(seq)) find("SEQ-3", `an ack has the number ${seq}`)
      book.ack({ header: headerOf(content)!, room: lobby, seq: hasSession ? Number(seq) : undefined })
    })
  }

  /** Whoever has a session may be away for a while before it logs out. */
  private giveUp({ ask, line }: Exchange, hasSession: boolean): void {
    const cut = () => line.cut(this.dice.pick<Cut>(["half-close", "close", "reset"]))
    if (hasSession && this.dice.chance(0.5) && !this.run.isSettling) return cut()
    this.run.book.release(this.name, this.author)
    this.token = undefined
    if (hasSession || this.dice.chance(0.3)) ask({ type: "logout" }, () => {})
    else cut()
  }
}

/** What a rival makes of what comes. */
interface Ear {
  readonly connected: () => void
  readonly letter: (id: string) => void
  readonly ended: () => void
}

/** A connection of a rival. */
class Exchange {
  readonly address: Address
  readonly line: Line
  private readonly trace = new Trace()
  private readonly expected: Array<(reply: Received) => void> = []
  private readonly book: Book
  private readonly author: string

  constructor(book: Book, address: Address, author: string, { connected, ended, letter }: Ear) {
    this.book = book
    this.address = address
    this.author = author
    const received = (object: Received | undefined, text: string) => {
      this.trace.add("←", text)
      if (object?.status !== undefined && !isGoodbye(object)) this.expected.shift()?.(object)
      else if (object?.room === inbox) letter(headerOf(String(object.content))?.id ?? "")
    }
    this.line = new Line(address, { connected, received, ended }, undefined)
  }

  readonly ask = (request: object, onReply: (reply: Received) => void): void => {
    this.expected.push(onReply)
    this.trace.add("→", JSON.stringify(request))
    this.line.send(request)
  }

  readonly find = (clause: string, what: string): void =>
    this.book.find(clause, this.author, what, this.trace.lines)
}

const MESSAGES_MAX = 8
