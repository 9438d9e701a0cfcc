import * as Effect from "effect/Effect"
import type { ActorConnection, ConnectFailed } from "../harness/stage/ActorConnection.ts"
import { Condition } from "../harness/stage/Condition.ts"
import type { End, Incoming } from "../harness/stage/WireEvent.ts"
import type { Address } from "../src/net/Address.ts"
import type { Patience } from "../process/Patience.ts"
import { patienceMillis } from "./Bounds.ts"
import type { Trace } from "./Trace.ts"
import { type ChatRequest, cut, type Encoding, write } from "./Traffic.ts"
import { Violation } from "./Violation.ts"
import { open, type Receiver, writePieces } from "./Wire.ts"

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
interface Client {
  readonly name: string
  readonly patience: Patience
  readonly trace: Trace
  /** Something that others caused. */
  readonly onEvent: (event: Received) => Wrong | undefined
  readonly onViolation: (violation: Violation) => void
}

/** One connection of a client that keeps to the protocol: each reply comes once, in order, with its id, in time. */
export class Conversation implements Receiver {
  private wire: ActorConnection | undefined
  private readonly client: Client
  private readonly condition = new Condition()
  private readonly due: Array<CheckedRequest & { readonly since: number }> = []
  private mayEnd = false
  private goodbye: "none" | "due" | "said" = "none"
  private isOver = false

  static open = (address: Address, client: Client): Effect.Effect<Conversation, ConnectFailed> =>
    Effect.suspend(() => {
      const conversation = new Conversation(client)
      return Effect.map(open(address, conversation), (wire) => {
        wire.answersEnd = "close"
        return Object.assign(conversation, { wire })
      })
    })

  private constructor(client: Client) {
    this.client = client
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
    const since = this.client.patience.begin()
    for (const request of requests) {
      this.due.push({ ...request, since })
      if (request.request.type === "logout") this.mayEnd = true
    }
    this.client.trace.add("→", bytes.toString())
    return writePieces(this.wire!, cut(bytes, cuts))
  }

  /** Done when at most so many replies are due. */
  settled(most = 0): Effect.Effect<void, Violation> {
    return this.when("REQ-2", () => this.due.length <= most)
  }

  /** Waits until the server has ended the connection, as it may now, all replies before. */
  readonly untilEnd: Effect.Effect<void, Violation> = Effect.suspend(() => {
    this.mayEnd = true
    return this.when("LOGOUT-1", () => this.isOver)
  })

  /** Waits for the shutdown of the server, which must be announced before (END-1). */
  readonly untilShutdown: Effect.Effect<void, Violation> = Effect.suspend(() => {
    this.goodbye = "due"
    return this.untilEnd
  })

  /** Sends no more, and waits for the replies that are due and the server's end (LEAVE-5). */
  readonly finish: Effect.Effect<void, Violation> = Effect.suspend(() => {
    this.client.trace.add("→", "FIN")
    this.wire!.halfClose()
    return this.untilEnd
  })

  /** Resets the connection; what comes of it is not judged. */
  cutOff(): void {
    this.isOver = true
    this.due.length = 0
    this.client.trace.add("→", "RST")
    this.wire!.reset()
  }

  readonly received = ({ lane, value }: Incoming, text: string): void => {
    this.client.trace.add("←", text)
    this.report(lane === "noise" ? noLine : this.judge(lane, value as Received))
  }

  readonly changed = (): void => {
    if (!this.isOver && this.wire?.objects.unlined === true) this.report(noLine)
    this.condition.notify()
  }

  readonly ended = (by: End): void => {
    const { goodbye, due, wire } = this
    this.isOver = true
    this.client.trace.add("←", by === "close" ? "FIN" : "RST")
    if (!this.mayEnd || by === "reset") this.report({ clause: "LEAVE-4", expected: "the connection goes on" })
    else if (due.length > 0)
      this.report({ clause: "LEAVE-5", expected: `the ${this.dueText} before the end` })
    else if (goodbye === "due") this.report({ clause: "END-1", expected: "shutting_down before the end" })
    else if (wire?.objects.lineOpen === true || wire?.objects.halfBytes !== 0)
      this.report({ clause: "WIRE-1", expected: "a line that ends" })
  }

  private judge(lane: Incoming["lane"], received: Received): Wrong | undefined {
    if (lane === "event") return this.client.onEvent(received)
    const next = this.due.shift()
    if (next === undefined) return this.unasked(received)
    const { id, type } = next.request
    if (received["id"] !== id)
      return { clause: "ID-1", expected: `the reply to ${type} with id ${JSON.stringify(id)}` }
    return next.check(received) ?? this.late(next.since)
  }

  private late(since: number): Wrong | undefined {
    const millis = this.client.patience.overdue(since, patienceMillis)
    if (millis === undefined) return undefined
    const expected = `the reply within ${patienceMillis} ms, not ${Math.round(millis)} ms after its request`
    return { clause: "REQ-2", expected }
  }

  private unasked({ code }: Received): Wrong | undefined {
    if (this.goodbye !== "due" || code !== "shutting_down")
      return { clause: "REQ-2", expected: "no reply, for none is due" }
    this.goodbye = "said"
    return undefined
  }

  private get dueText(): string {
    const [next] = this.due
    return `reply to ${next!.request.type} ${JSON.stringify(next!.request.id)}`
  }

  private report(wrong: Wrong | undefined): void {
    if (wrong !== undefined) this.client.onViolation(this.violation(wrong, this.client.trace.lines.at(-1)!))
  }

  private violation(wrong: Wrong, received: string): Violation {
    const { name: who, trace } = this.client
    return new Violation({ ...wrong, who, received, trace: trace.lines })
  }

  private when(clause: string, isDone: () => boolean): Effect.Effect<void, Violation> {
    return Effect.timeoutOrElse(Effect.asVoid(this.condition.until(() => isDone() || undefined)), {
      duration: REPLY_MILLIS_MAX,
      orElse: () => {
        const expected = this.due.length > 0 ? `the ${this.dueText}` : "the end of the connection"
        return Effect.fail(
          this.violation({ clause, expected }, `nothing within ${REPLY_MILLIS_MAX / 1_000} s`)
        )
      }
    })
  }
}

/** One object a line, as most clients write. */
export const plainEncoding: Encoding = { spelling: "plain", separator: "\n" }

const noLine: Wrong = { clause: "WIRE-1", expected: "one JSON object a line" }

/** Only an upper bound: a machine that is busy with other things is no mistake of the server. */
const REPLY_MILLIS_MAX = 30_000
