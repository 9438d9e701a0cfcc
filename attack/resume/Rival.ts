import * as Effect from "effect/Effect"
import { Trace } from "../Trace.ts"
import type { Book } from "./Book.ts"
import { contentOf, headerOf } from "./Content.ts"
import { Dice } from "./Dice.ts"
import { type Cut, Line, type Received } from "./Line.ts"
import { features } from "./Login.ts"
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
    const { book, tag } = this.run
    const token = this.token
    const hasSession = token !== undefined || this.dice.chance(0.5)
    const sentAt = book.tick()
    if (token === undefined) this.author = `${this.name}.${tag}-${this.id}${++this.reigns}`
    const login = { type: "login", username: this.name, ...(hasSession && { features }), session: token }
    const exchange = new Exchange(this.run, this.dice, this.author, {
      connected: () =>
        exchange.ask(login, (reply) => {
          if (reply.status !== "success") {
            if (token !== undefined) exchange.find("RESUME-1", `its name was refused to it: ${reply.code}`)
            this.token = undefined
            return exchange.line.cut("close")
          }
          if (token !== undefined && reply.resumed !== true)
            exchange.find("RESUME-3", "its session was not resumed")
          const problem =
            token === undefined ? book.reigns(this.name, this.author, sentAt, hasSession) : undefined
          if (problem !== undefined) exchange.find("LOGIN-3", problem)
          this.token = hasSession ? String(reply.session) : undefined
          for (let left = this.dice.below(MESSAGES_MAX); left > 0; left--) this.say(exchange, hasSession)
          const giveUp = () => this.giveUp(exchange, hasSession)
          if (this.dice.chance(0.5)) giveUp()
          else setTimeout(giveUp, this.dice.below(this.run.settings.thinkMillis / 4))
        }),
      letter: (id) => {
        if (token === undefined && book.isLetterBefore(id, sentAt))
          exchange.find("DM-3", `a letter came that was to somebody before it: ${id}`)
      },
      ended: onOver
    })
    return exchange.line
  }

  private say({ ask, find }: Exchange, hasSession: boolean): void {
    const { book } = this.run
    const content = contentOf(this.author, ++this.said, this.dice.below(80))
    ask({ type: "message", content }, ({ seq, status }) => {
      if (status !== "success") return
      if (hasSession !== Number.isInteger(seq)) find("SEQ-3", `an ack has the number ${seq}`)
      book.ack({ header: headerOf(content)!, room: lobby, seq: hasSession ? Number(seq) : undefined })
    })
  }

  /** Whoever has a session may be away for a while before it logs out. */
  private giveUp({ ask, line }: Exchange, hasSession: boolean): void {
    const cut = () => line.cut(this.dice.pick<Cut>(["half-close", "close", "reset"]))
    if (hasSession && this.dice.chance(0.5) && !this.run.isSettling) return cut()
    this.run.book.release(this.name)
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
  readonly line: Line
  private readonly trace = new Trace()
  private readonly expected: Array<(reply: Received) => void> = []
  private readonly book: Book
  private readonly author: string

  constructor({ addresses, book }: Run, dice: Dice, author: string, { connected, ended, letter }: Ear) {
    this.book = book
    this.author = author
    const received = (object: Received | undefined, text: string) => {
      this.trace.add("←", text)
      if (object?.status !== undefined) this.expected.shift()?.(object)
      else if (object?.room === inbox) letter(headerOf(String(object.content))?.id ?? "")
    }
    this.line = new Line(dice.pick(addresses), { connected, received, ended }, undefined)
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
