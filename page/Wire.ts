import type { Event, Reply } from "../src/Protocol.ts"
import { goodbyeCodes } from "../src/Terms.ts"

/** A request as it is sent. */
export interface Request {
  readonly type: string
  readonly [field: string]: unknown
}

/** Told of what comes over a connection, in order. */
export interface Hearer {
  readonly opened: () => void
  readonly replied: (reply: Reply, request: Request) => void
  readonly happened: (event: Event) => void
  /** Told once, when it is over; `lastWords` is the error by which the server ended it (END-1), if it did. */
  readonly ended: (lastWords: Reply | undefined) => void
}

/** Time that a connection may take to open, and an answer to come, before the server is taken for dead. */
const answerMillisMax = 20_000

/** Time between two pings: below what proxies wait before they cut an idle connection. */
const pingEveryMillis = 30_000

const checkEveryMillis = 2_000

/** One connection to the server that served the page. */
export class Wire {
  private readonly socket: WebSocket
  private readonly hearer: Hearer
  private readonly unanswered: Array<{ readonly request: Request; readonly sentAt: number }> = []
  private readonly clock: ReturnType<typeof setInterval>
  private lastSentAt = Date.now()
  private lastWords: Reply | undefined
  private isOver = false

  constructor(url: string, hearer: Hearer) {
    this.hearer = hearer
    this.socket = new WebSocket(url)
    this.socket.addEventListener("open", hearer.opened)
    this.socket.addEventListener("message", ({ data }) => this.hear(String(data)))
    this.socket.addEventListener("close", () => this.finish())
    this.clock = setInterval(() => this.check(), checkEveryMillis)
  }

  /** Sends a request; they are answered in order. */
  send(request: Request): void {
    if (this.isOver) return
    this.lastSentAt = Date.now()
    this.unanswered.push({ request, sentAt: this.lastSentAt })
    this.socket.send(`${JSON.stringify(request)}\n`)
  }

  /** Ends the connection; nothing more is heard of it. */
  close(): void {
    this.isOver = true
    clearInterval(this.clock)
    this.socket.close()
  }

  private hear(text: string): void {
    for (const line of text.split("\n")) {
      if (this.isOver) return
      if (line.trim() !== "") this.take(JSON.parse(line))
    }
  }

  private take(value: Reply | Event): void {
    if (!("status" in value)) return this.hearer.happened(value)
    if (goodbyes.has(value.code) && value.retryAfterMs === undefined) {
      this.lastWords = value
      return
    }
    const answered = this.unanswered.shift()
    if (answered !== undefined) this.hearer.replied(value, answered.request)
  }

  private check(): void {
    const now = Date.now()
    const [oldest] = this.unanswered
    const isOpen = this.socket.readyState === WebSocket.OPEN
    const waitsSince = isOpen ? oldest?.sentAt : this.lastSentAt
    if (waitsSince !== undefined && now - waitsSince > answerMillisMax) return this.finish()
    if (isOpen && now - this.lastSentAt > pingEveryMillis) this.send({ type: "ping" })
  }

  private finish(): void {
    if (this.isOver) return
    this.close()
    this.hearer.ended(this.lastWords)
  }
}

const goodbyes: ReadonlySet<string | undefined> = new Set(goodbyeCodes)
