import type { Arrow, Exchange, Fence, Row, StepState, Violation } from "../trace/Exchange.ts"
import type { PlayTexts } from "../texts/Play.ts"
import { caption, captionOfBytes, captionSent } from "./Caption.ts"
import { isSuccess } from "./PendingRequests.ts"
import type { Secrets } from "./Secrets.ts"
import { SegmentLog } from "./SegmentLog.ts"
import type { Happening } from "./Transcript.ts"
import type { Incoming, WireEvent } from "./WireEvent.ts"

/** Records the exchange of one scenario: what happens at all actors in its order, with its bytes and its steps. */
export class Recorder {
  private readonly rows: Array<Row> = []
  private dropped = 0
  private logLines = 0
  private isStopped = false
  private readonly steps = new Map<number, StepState>()
  private readonly segments = new SegmentLog()
  /** The arrows of what has come in, to be told which step asked for them. */
  private readonly arrows = new WeakMap<Incoming, Draft<Arrow>>()
  /** The line of the step that each actor last sent something by. */
  private readonly sending = new Map<string, number>()
  private readonly startMillis: number
  private readonly nowMillis: () => number
  private readonly texts: PlayTexts
  private readonly secrets: Secrets

  constructor(texts: PlayTexts, secrets: Secrets, nowMillis: () => number) {
    this.texts = texts
    this.secrets = secrets
    this.nowMillis = nowMillis
    this.startMillis = nowMillis()
  }

  /** The exchange so far, with a lane for each of these actors that took part, and for whoever else did. */
  exchange(cast: Iterable<string>): Exchange {
    const seen = new Set(this.rows.flatMap(actorsIn))
    const actors = [...new Set([...cast, ...seen])].filter((actor) => seen.has(actor))
    const rows = this.rows.map((row) =>
      row._tag === "Log" ? { ...row, text: this.secrets.conceal(row.text) } : row
    )
    if (this.dropped > 0) rows.splice(rowsMax / 2, 0, { _tag: "Dropped", rows: this.dropped })
    return { actors, rows, segments: this.secrets.concealIn(this.segments.all), steps: this.steps }
  }

  /** Records nothing more of what goes over the wire: what follows is no part of the scenario. */
  stop(): void {
    this.isStopped = true
  }

  /** Follows what happens on the connections. */
  follow(event: WireEvent): void {
    if (this.isStopped) return
    const atMillis = event.atMillis - this.startMillis
    const { actor } = event
    switch (event._tag) {
      case "Connected":
        return this.segments.begin(actor)
      case "Sent": {
        if (event.hiddenBytes > 0) this.fenced(actor, atMillis)
        const bytes = event.bytes.subarray(event.hiddenBytes)
        const text = event.isCut ? captionOfBytes(bytes, this.texts) : captionSent(bytes, this.texts).caption
        const arrow = bytes.length > 0 ? this.sent(actor, text, atMillis) : undefined
        this.segments.expect(actor, event.hiddenBytes, undefined)
        return this.segments.expect(actor, bytes.length, arrow)
      }
      case "Wrote":
        return this.segments.wrote(actor, event.bytes, atMillis)
      case "Read":
        return this.segments.read(actor, event.bytes, atMillis)
      case "Answered":
        return void this.segments.locate(actor, event.text)
      case "Received": {
        const { incoming, text } = event
        const arrow = this.received(actor, incoming, text, atMillis)
        this.arrows.set(incoming, arrow)
        return this.add(arrow)
      }
      case "Echoed": {
        const { text, value } = event
        return this.add({ ...this.received(actor, { lane: "event", value }, text, atMillis), isWrong: true })
      }
      case "Ended": {
        const text = this.texts.ends[event.by]
        return this.add({ _tag: "Mark", actor, by: "server", what: "ends", text, atMillis })
      }
      default:
    }
  }

  /** Notes what a step makes an actor do, or a remark of the scenario. */
  did({ actor, caption: text, kind, line }: Happening): void {
    const atMillis = this.sinceStart
    if (actor === "") return this.add({ _tag: "Note", text, atMillis })
    if (kind === "sent" && line !== undefined) this.sending.set(actor, line)
    const what = marks[kind]
    if (what !== undefined)
      this.add({ _tag: "Mark", actor, by: "actor", what, text, atMillis, ...lineOf(line) })
  }

  /** Notes which step asked for something that came in. */
  took(incoming: Incoming, line: number | undefined): void {
    Object.assign(this.arrows.get(incoming) ?? {}, lineOf(line))
  }

  /** Notes a line of the server's log. */
  logged(text: string): void {
    if (this.logLines++ < logLinesMax) this.add({ _tag: "Log", text, atMillis: this.sinceStart })
  }

  /** Notes that a step has begun or ended; it has failed if it did so once. */
  step(line: number, state: StepState): void {
    if (this.steps.get(line) !== "failed") this.steps.set(line, state)
  }

  /** Notes that a clause was violated, and by which object if by one. */
  violated(what: Omit<Violation, "_tag">, instead?: Incoming): void {
    const arrow = instead && this.arrows.get(instead)
    if (arrow !== undefined) Object.assign(arrow, { isWrong: true }, lineOf(what.line))
    this.add({ _tag: "Violation", atMillis: this.sinceStart, ...what })
  }

  /** Forgets an actor that is no part of the scenario. */
  forget(actor: string): void {
    const others = this.rows.filter((row) => !actorsIn(row).includes(actor))
    this.rows.splice(0, this.rows.length, ...others)
  }

  private get sinceStart(): number {
    return this.nowMillis() - this.startMillis
  }

  private sent(actor: string, caption: string, atMillis: number): Draft<Arrow> {
    const line = this.sending.get(actor)
    const arrow: Draft<Arrow> = {
      _tag: "Arrow",
      direction: "out",
      actor,
      what: "request",
      atMillis,
      caption,
      isRefusal: false,
      isWrong: false,
      bytes: [],
      ...lineOf(line)
    }
    this.add(arrow)
    return arrow
  }

  private received(
    actor: string,
    { lane, value }: Pick<Incoming, "lane" | "value">,
    text: string,
    atMillis: number
  ): Draft<Arrow> {
    const isRefusal = lane === "reply" && !isSuccess(value)
    return {
      _tag: "Arrow",
      direction: "in",
      actor,
      what: lane,
      atMillis,
      caption: caption(value),
      isRefusal,
      isWrong: false,
      bytes: this.segments.locate(actor, text)
    }
  }

  private fenced(actor: string, atMillis: number): void {
    const last = this.rows.at(-1)
    if (last?._tag === "Fence") (last as Draft<Fence>).actors = [...new Set([...last.actors, actor])]
    else this.add({ _tag: "Fence", actors: [actor], atMillis })
  }

  private add(row: Row): void {
    if (this.rows.length >= rowsMax) {
      this.rows.splice(rowsMax / 2, 1)
      this.dropped++
    }
    this.rows.push(row)
  }
}

type Draft<A> = { -readonly [Key in keyof A]: A[Key] }

const lineOf = (line: number | undefined) => (line === undefined ? {} : { line })

const marks: { readonly [kind in Happening["kind"]]?: "begins" | "ends" | "changes" } = {
  connected: "begins",
  left: "ends",
  note: "changes"
}

const actorsIn = (row: Row): ReadonlyArray<string> => {
  if (row._tag === "Fence") return row.actors
  return "actor" in row && row.actor !== undefined ? [row.actor] : []
}

/** The most rows that are kept of an exchange; the middle of a longer one is dropped. */
const rowsMax = 2_000
/** The most lines of the server's log among them. */
const logLinesMax = 400
