import type { Socket } from "node:net"
import * as Effect from "effect/Effect"
import { halfClose } from "../src/net/OpenSocket.ts"
import { type Line, Lines } from "../src/wire/Lines.ts"
import { type Moment, type Patience, patienceMillis } from "./Patience.ts"
import { reset, writePieces } from "./Sockets.ts"
import { Trace } from "./Trace.ts"
import { cut, type Encoding, type ChatRequest, write } from "./Traffic.ts"
import { Violation } from "./Violation.ts"
import { parseObject } from "./Objects.ts"

/** One object as the server sent it. */
export type Received = { readonly [field: string]: unknown }

/** The clause that was broken, and what it asks for. */
export interface Wrong {
  readonly clause: string
  readonly expected: string
}

/** A request, and the check of its reply. */
export interface CheckedRequest {
  readonly request: {
    readonly type: string
    readonly id?: ChatRequest["id"]
    readonly [field: string]: unknown
  }
  readonly check: (reply: Received) => Wrong | undefined
}

/** The client that takes what comes. */
interface Hearer {
  readonly name: string
  readonly patience: Patience
  /** Something that others caused. */
  readonly onEvent: (event: Received) => Wrong | undefined
  readonly onViolation: (violation: Violation) => void
}

/** One connection of a client that keeps to the protocol: each reply comes once, in order, with its id, in time. */
export class Conversation {
  private readonly socket: Socket
  private readonly hearer: Hearer
  private readonly trace: Trace
  private readonly lines = new Lines(LINE_BYTES_MAX)
  private readonly due: Array<CheckedRequest & { readonly since: Moment }> = []
  private mayEnd = false
  private goodbyes: "none" | "due" | "said" = "none"
  private isOver = false
  private wake: () => void = noop

  constructor(socket: Socket, hearer: Hearer, trace: Trace) {
    this.socket = socket
    this.hearer = hearer
    this.trace = trace
    socket.on("data", (chunk: Buffer) => {
      for (const line of this.lines.push(chunk)) this.take(line)
      this.wake()
    })
    socket.on("end", () => this.over("FIN"))
    socket.on("close", () => this.over("RST"))
  }

  /** Sends requests; done once they are written. */
  send(
    requests: ReadonlyArray<CheckedRequest>,
    encoding: Encoding,
    cuts: ReadonlyArray<number>
  ): Effect.Effect<void> {
    const bytes = write(
      requests.map(({ request }) => request),
      encoding
    )
    const since = this.hearer.patience.begin()
    for (const question of requests) {
      this.due.push({ ...question, since })
      if (question.request.type === "logout") this.mayEnd = true
    }
    this.trace.add("→", bytes.toString())
    return writePieces(this.socket, cut(bytes, cuts))
  }

  /** Done when at most so many replies are due. */
  settled(most = 0): Effect.Effect<void, Violation> {
    return this.when("REQ-2", () => this.due.length <= most)
  }

  /** The server may end the connection now, which is done once it has, all replies before. */
  readonly ended: Effect.Effect<void, Violation> = Effect.suspend(() => {
    this.mayEnd = true
    return this.when("LOGOUT-1", () => this.isOver)
  })

  /** The server may say that it ends, and must before it does (END-1). */
  readonly goodbye: Effect.Effect<void, Violation> = Effect.suspend(() => {
    this.goodbyes = "due"
    return this.ended
  })

  /** Sends no more, and waits for the replies that are due and the server's end (LEAVE-5). */
  readonly finish: Effect.Effect<void, Violation> = Effect.suspend(() => {
    this.trace.add("→", "FIN")
    halfClose(this.socket)
    return this.ended
  })

  /** Resets the connection; what comes of it is not judged. */
  cutOff(): void {
    this.mayEnd = true
    this.isOver = true
    this.due.length = 0
    this.trace.add("→", "RST")
    this.socket.removeAllListeners("data")
    reset(this.socket)
  }

  private take(line: Line): void {
    if (this.isOver) return
    const received = "text" in line ? parseObject<Received>(line.text) : undefined
    this.trace.add("←", "text" in line ? line.text : line.problem)
    const wrong = received === undefined ? noObject : this.judge(received)
    if (wrong !== undefined) this.fail(wrong.clause, wrong.expected, this.trace.lines.at(-1)!)
  }

  private judge(received: Received): Wrong | undefined {
    if (!("status" in received)) return this.hearer.onEvent(received)
    const question = this.due.shift()
    if (question === undefined) return this.unasked(received)
    const { id, type } = question.request
    if (received["id"] !== id)
      return { clause: "ID-1", expected: `the reply to ${type} with id ${JSON.stringify(id)}` }
    return question.check(received) ?? this.late(question.since)
  }

  private late(since: Moment): Wrong | undefined {
    const millis = this.hearer.patience.overdue(since)
    if (millis === undefined) return undefined
    const expected = `the reply within ${patienceMillis} ms, not ${Math.round(millis)} ms after its request`
    return { clause: "REQ-2", expected }
  }

  private unasked({ code }: Received): Wrong | undefined {
    if (this.goodbyes !== "due" || code !== "shutting_down")
      return { clause: "REQ-2", expected: "no reply, for none is due" }
    this.goodbyes = "said"
    return undefined
  }

  private over(how: "FIN" | "RST"): void {
    if (this.isOver) return
    this.isOver = true
    this.trace.add("←", how)
    this.socket.end()
    const rest = this.lines.end()
    if (!this.mayEnd || how === "RST") this.fail("LEAVE-4", "the connection goes on", how)
    else if (this.due.length > 0) this.fail("LEAVE-5", `the ${this.dueText} before the end`, how)
    else if (this.goodbyes === "due") this.fail("END-1", "shutting_down before the end", how)
    else if (rest.length > 0) this.fail("WIRE-1", "a line that ends", JSON.stringify(rest[0]))
    this.wake()
  }

  private get dueText(): string {
    return `reply to ${this.due.map(({ request }) => `${request.type} ${JSON.stringify(request.id)}`)[0]}`
  }

  private fail(clause: string, expected: string, received: string): void {
    const { name: who, onViolation } = this.hearer
    onViolation(new Violation({ clause, who, expected, received, trace: this.trace.lines }))
  }

  private when(clause: string, isDone: () => boolean): Effect.Effect<void, Violation> {
    const wait = Effect.callback<void>((resume) => {
      this.wake = () => {
        if (!isDone()) return
        this.wake = noop
        resume(Effect.void)
      }
      this.wake()
    })
    return Effect.timeoutOrElse(wait, {
      duration: REPLY_MILLIS_MAX,
      orElse: () =>
        Effect.fail(
          new Violation({
            clause,
            who: this.hearer.name,
            expected: this.due.length > 0 ? `the ${this.dueText}` : "the end of the connection",
            received: `nothing within ${REPLY_MILLIS_MAX / 1_000} s`,
            trace: this.trace.lines
          })
        )
    })
  }
}

/** One object a line, as most clients write. */
export const plainEncoding: Encoding = { spelling: "plain", separator: "\n" }

const noObject: Wrong = { clause: "WIRE-1", expected: "one JSON object a line" }

const noop = () => {}

/** The longest line that a server is believed to need: a list of all. */
const LINE_BYTES_MAX = 8 * 1024 * 1024

/** Only an upper bound: a machine that is busy with other things is no mistake of the server. */
const REPLY_MILLIS_MAX = 30_000
