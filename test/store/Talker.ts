import type { Socket } from "node:net"
import type { Received } from "../support/TestClient.ts"
import { dial } from "../support/dial.ts"

/** A client that says one thing after another, comes back with its session, and keeps account of all it was told. */
export class Talker {
  readonly name: string
  /** What was acknowledged, by its `cid`, with its number. */
  readonly acked = new Map<string, number>()
  /** What it was told, in the order of the numbers. */
  readonly heard = new Map<number, string>()
  /** What must not be. */
  readonly wrong: Array<string> = []
  /** The number of the first message that it may hear. */
  first: number | undefined
  #session: string | undefined
  #epoch: string | undefined
  #last: number | undefined
  #said = 0
  #socket: Socket | undefined
  #onAck: () => void = () => {}

  constructor(name: string) {
    this.name = name
  }

  /** Logs in, says again what was not acknowledged, and goes on; `onAck` is called for each message. */
  start(port: number, onAck: () => void): Promise<void> {
    this.#onAck = onAck
    const socket = dial(port)
    this.#socket = socket
    return new Promise((resolve) => {
      let rest = ""
      socket.setEncoding("utf8").on("data", (text: string) => {
        const lines = (rest + text).split("\n")
        rest = lines.pop()!
        for (const line of lines) this.#take(JSON.parse(line), resolve)
      })
      const back = { session: this.#session, epoch: this.#epoch, seen: { lobby: this.#last } }
      this.#send({
        type: "login",
        username: this.name,
        features: ["history"],
        ...(this.#session !== undefined && back)
      })
    })
  }

  #take(received: Received, began: () => void): void {
    const { cid, code, content, seq, session, status, type } = received
    if (session !== undefined) {
      if (this.#session !== undefined && received.resumed !== true)
        this.wrong.push(`${this.name} lost its session`)
      this.#session = session
      this.#epoch = received.epoch
      this.first ??= received.last + 1
      this.#last ??= received.last
      began()
      this.#say()
    } else if (type === "message") this.#hear(seq, content)
    else if (type === "gap") this.wrong.push(`${this.name} was told ${JSON.stringify(received)}`)
    else if (status === "success" && cid !== undefined) {
      if (this.acked.has(cid)) this.wrong.push(`${this.name}: ${cid} was acknowledged twice`)
      this.acked.set(cid, seq)
      if (received.duplicate !== true) this.#hear(seq, cid)
      this.#said++
      this.#onAck()
      this.#say()
    } else if (status === "error") this.wrong.push(`${this.name} was told ${code}`)
  }

  #hear(seq: number, what: string): void {
    if (seq <= this.#last!) this.wrong.push(`${this.name} heard ${seq} after ${this.#last}`)
    this.heard.set(seq, what)
    this.#last = seq
  }

  #say(): void {
    const cid = `${this.name}-${this.#said}`
    this.#send({ type: "message", content: cid, cid })
  }

  #send(request: object): void {
    this.#socket!.write(`${JSON.stringify(request)}\n`)
  }
}
