import * as Effect from "effect/Effect"
import type { ActorConnection } from "../harness/stage/ActorConnection.ts"
import { Condition } from "../harness/stage/Condition.ts"
import type { Incoming } from "../harness/stage/WireEvent.ts"
import type { Address } from "../src/net/Address.ts"
import { open, type Receiver } from "./Wire.ts"

/** The fields of a reply that are looked at. */
interface Reply {
  readonly status?: unknown
  readonly code?: unknown
  readonly users?: ReadonlyArray<unknown>
}

/** A connection that may send anything; it counts the replies that come, and checks only that they are lines of JSON. */
export class RawConnection implements Receiver {
  wire!: ActorConnection
  readonly replies = { success: 0, error: 0 }
  /** Characters of all objects that came. */
  characters = 0
  last: Reply | undefined
  /** The names on the last list that came. */
  users: ReadonlyArray<unknown> = []
  private readonly condition = new Condition()
  private readonly onGarbage: (text: string) => void

  /** Connects; what is left of it is reset when the scope closes. `onGarbage` is told what is no JSON object. */
  static connect = (address: Address, onGarbage: (text: string) => void = () => {}) =>
    Effect.acquireRelease(
      Effect.suspend(() => {
        const connection = new RawConnection(onGarbage)
        return Effect.map(open(address, connection), (wire) => Object.assign(connection, { wire }))
      }),
      ({ wire }) => Effect.sync(() => wire.reset())
    )

  private constructor(onGarbage: (text: string) => void) {
    this.onGarbage = onGarbage
  }

  readonly received = ({ lane, value }: Incoming, text: string): void => {
    this.characters += text.length
    if (lane === "noise") this.onGarbage(text)
    if (lane !== "reply") return
    this.last = value as Reply
    const { status, users } = this.last
    if (status === "success" || status === "error") this.replies[status]++
    if (Array.isArray(users)) this.users = users
  }

  readonly changed = (): void => this.condition.notify()

  get isOver(): boolean {
    return !this.wire.open
  }

  get isAnswered(): boolean {
    return this.replies.success + this.replies.error > 0
  }

  /** Sends requests, a line each, at once. */
  send(...requests: ReadonlyArray<object>): Effect.Effect<void> {
    return this.wire.writeNow(Buffer.from(requests.map(line).join("")))
  }

  /** Waits until this is so, or the connection has ended, or for so long. */
  until(millisMax: number, isSo: () => boolean): Effect.Effect<void> {
    const wait = this.condition.until(() => isSo() || this.isOver || undefined)
    return Effect.asVoid(Effect.timeoutOption(wait, millisMax))
  }
}

/** One request as a line. */
export const line = (request: object): string => JSON.stringify(request) + "\n"

/** The time that a hostile client waits for an answer. */
export const answerMillisMax = 30_000
