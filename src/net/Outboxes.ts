import { Behind, type BehindRules, type Outbox } from "./Behind.ts"
import { untaken } from "./TcpTable.ts"

export interface OutboxesRules extends BehindRules {
  /** Memory that may be kept for clients one by one. */
  readonly outboxesBytesMax: number
}

/** Time for which one look at all clients that are behind is good enough. */
const lookMillis = 20

/** Time without progress after which it is asked what peers have taken, and the time between two such questions. */
const askMillis = 400

/** A question keeps everybody waiting where there are many connections: the next one comes after so many times as long. */
const askPauses = 20

/** What waits for all clients of a server, together. */
export class Outboxes {
  /** Times that a client fell behind: more than half of what may wait for it does. */
  fellBehind = 0
  /** The most bytes that ever waited for one client. */
  highestBytes = 0
  /** Memory kept for clients one by one; a message that waits for many is kept once, and not counted here. */
  keptBytes = 0
  /** Called when a client has caught up. */
  onCaughtUp: () => void = () => {}
  /** Bytes that were said to anybody so far. */
  saidBytes = 0
  /** Those that are behind, and what was seen of them since. */
  private readonly behind = new Map<Outbox, Behind>()
  private nextAskMillis = 0
  private look: { readonly atMillis: number; readonly mostBytes: number | undefined } | undefined
  private readonly rules: OutboxesRules
  private readonly all: () => Iterable<Outbox>
  private readonly ask: typeof untaken

  constructor(rules: OutboxesRules, all: () => Iterable<Outbox>, ask = untaken) {
    this.rules = rules
    this.all = all
    this.ask = ask
  }

  /** The number of clients that are behind. */
  countBehind(): number {
    for (const outbox of this.behind.keys()) outbox.noteWaiting()
    return this.behind.size
  }

  /** The most bytes that others have to wait for, as they wait for a client that is behind and still reads, if there is one. */
  mostBehindBytes(nowMillis: number): number | undefined {
    if (this.behind.size === 0) return undefined
    if (this.look === undefined || nowMillis - this.look.atMillis >= lookMillis)
      this.look = { atMillis: nowMillis, mostBytes: this.lookAtAll(nowMillis) }
    return this.look.mostBytes
  }

  private lookAtAll(nowMillis: number): number | undefined {
    let mostBytes: number | undefined
    let isAnyStill = false
    this.countBehind()
    for (const behind of this.behind.values()) {
      const bytes = behind.look(nowMillis)
      if (bytes !== undefined) mostBytes = Math.max(mostBytes ?? bytes, bytes)
      isAnyStill ||= behind.isStill(askMillis, nowMillis)
    }
    if (isAnyStill && nowMillis >= this.nextAskMillis) void this.askAll(nowMillis)
    return mostBytes
  }

  /** True while these bytes may wait for a client though its outbox has no room for them: it may turn out to read. */
  mayOverflow(outbox: Outbox, bytes: number, nowMillis: number): boolean {
    return this.behind.get(outbox)?.mayOverflow(bytes, this.saidBytes, nowMillis) === true
  }

  /**
   * Asks what the peers have taken. The system takes more of a write in large steps only; a slow reader seems to
   * stand still between two of them.
   */
  private async askAll(nowMillis: number): Promise<void> {
    this.nextAskMillis = Infinity
    const outboxes = [...this.behind.keys()]
    const takenBytes = outboxes.map((outbox) => outbox.takenBytes)
    const { busyMillis, bytes } = await this.ask(outboxes.map(({ ends }) => ends))
    for (const [i, untakenBytes] of bytes.entries())
      if (untakenBytes !== undefined) this.behind.get(outboxes[i]!)?.peerTook(takenBytes[i]! - untakenBytes)
    this.nextAskMillis = nowMillis + Math.max(askMillis, askPauses * busyMillis)
  }

  /** What waits has changed. */
  changed(): void {
    this.look = undefined
  }

  /** Notes that a client has fallen behind, or caught up. */
  turned(outbox: Outbox, isBehind: boolean): void {
    this.changed()
    if (isBehind) {
      this.fellBehind++
      this.behind.set(outbox, new Behind(outbox, this.rules))
    } else {
      this.behind.delete(outbox)
      this.onCaughtUp()
    }
  }

  /** Notes that more is kept. If that is too much, the clients with the most are cut off until a quarter is free. */
  keep(bytes: number): void {
    const { outboxesBytesMax } = this.rules
    this.keptBytes += bytes
    if (this.keptBytes <= outboxesBytesMax) return
    const largestFirst = [...this.all()].toSorted((a, b) => b.keptBytes - a.keptBytes)
    for (const outbox of largestFirst) {
      if (this.keptBytes <= 0.75 * outboxesBytesMax) break
      outbox.cutOff()
    }
  }

  free(bytes: number): void {
    this.keptBytes -= bytes
  }
}
