import * as Effect from "effect/Effect"
import { Trace } from "../Trace.ts"
import { contentOf, headerOf } from "./Content.ts"
import { Dice } from "./Dice.ts"
import { Line, type Received } from "./Line.ts"
import { ghost, isGoodbye } from "./Exchange.ts"
import { lobby } from "./Member.ts"
import type { Run } from "./Run.ts"

/**
 * A client that knows nothing of sessions: it comes under its name, listens to the lobby, says something now and then, and
 * goes; its name must be free for it again soon, however its connection ended.
 */
export class Plain {
  private readonly run: Run
  private readonly name: string
  private readonly dice: Dice
  private visits = 0
  private said = 0
  /** Since when it has tried to have its name again. */
  private triesSince: number | undefined

  constructor(run: Run, name: string) {
    this.run = run
    this.name = name
    this.dice = new Dice(run.settings.seed, name)
  }

  readonly live: Effect.Effect<void> = Effect.gen({ self: this }, function* () {
    while (!this.run.isSettling) {
      yield* Effect.callback<void>((resume) => this.visit(() => resume(Effect.void)))
      yield* Effect.sleep(this.dice.below(this.run.settings.thinkMillis))
    }
  })

  private visit(onOver: () => void): Effect.Effect<void> {
    const { book, onProgress, settings, tag } = this.run
    const author = `${this.name}.${tag}-p${++this.visits}`
    const trace = new Trace()
    const ids: Array<string> = []
    const sent: Array<string> = []
    let epoch: string | undefined
    const received = (object: Received | undefined, text: string) => {
      trace.add("←", text)
      onProgress()
      if (object?.type === "message") return hears(String(object.content))
      if (object?.status === undefined || isGoodbye(object)) return
      if (epoch === undefined) return answered(object)
      const content = sent.shift()
      if (content !== undefined && object.status === "success" && epoch === book.epoch)
        book.ack({ header: headerOf(content)!, room: lobby, seq: undefined })
    }
    const hears = (content: string) => {
      if (content.startsWith(ghost))
        book.find("RESUME-2", author, `a connection that was replaced was heard: ${content}`, trace.lines)
      ids.push(headerOf(content)?.id ?? content)
    }
    const answered = ({ code, status }: Received) => {
      if (status !== "success") {
        this.refused(String(code), author, trace)
        return line.cut("close")
      }
      this.triesSince = undefined
      epoch = book.epoch
      book.count("plain visits")
      talk()
      setTimeout(
        () => line.cut(this.dice.pick(["half-close", "close", "reset"])),
        this.dice.below(stayMillisMax)
      ).unref()
    }
    const talk = () => {
      if (line.isOver || this.run.isSettling) return line.cut("half-close")
      const content = contentOf(author, ++this.said, this.dice.below(80))
      sent.push(content)
      line.send({ type: "message", content })
      setTimeout(talk, this.dice.below(4 * settings.thinkMillis)).unref()
    }
    const line = new Line(
      this.dice.pick(this.run.addresses),
      {
        connected: () => line.send({ type: "login", username: this.name }),
        received,
        ended: () => {
          if (epoch === book.epoch) book.heard.push({ author, ids })
          onOver()
        }
      },
      undefined
    )
    return Effect.sync(() => line.cut("reset"))
  }

  /** Its name may be taken by its last connection, as long as that may seem to be alive. */
  private refused(code: string, author: string, trace: Trace): void {
    const { book, patience, settings } = this.run
    this.triesSince ??= patience.begin()
    if (patience.overdue(this.triesSince, settings.stallMillis) === undefined) return
    this.triesSince = undefined
    book.find(
      "NODE-4",
      author,
      `nobody else wants its name, and it is refused to it for long: ${code}`,
      trace.lines
    )
  }
}

const stayMillisMax = 8_000
