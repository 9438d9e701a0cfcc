import { randomBytes } from "node:crypto"
import * as Effect from "effect/Effect"
import type { Address } from "../src/net/Address.ts"
import type { Chat } from "./Chat.ts"
import { answerMillisMax, line, RawConnection } from "./RawConnection.ts"
import { violation } from "./Violation.ts"
import { writePieces } from "./Wire.ts"

/** The parts of a frame (RFC 6455, 5.2) that a client may get wrong. */
interface Frame {
  readonly opcode?: number
  readonly fin?: boolean
  readonly reserved?: number
  readonly masked?: boolean
  /** The length that is announced, if it is not that of the payload. */
  readonly announced?: bigint
}

/** A frame, with the longest form of its length where one is announced. */
export const frame = (payload: Buffer | string, how: Frame = {}): Buffer => {
  const { announced, fin = true, masked = true, opcode = TEXT, reserved = 0 } = how
  const bytes = Buffer.from(payload)
  const length = announced ?? BigInt(bytes.length)
  const head = Buffer.alloc(announced !== undefined ? 10 : bytes.length < 126 ? 2 : 4)
  head[0] = (fin ? 0x80 : 0) | (reserved << 4) | opcode
  head[1] = (masked ? 0x80 : 0) | (head.length === 10 ? 127 : head.length === 4 ? 126 : bytes.length)
  if (head.length === 10) head.writeBigUInt64BE(length, 2)
  else if (head.length === 4) head.writeUInt16BE(bytes.length, 2)
  const mask = randomBytes(masked ? 4 : 0)
  return Buffer.concat([head, mask, masked ? bytes.map((byte, i) => byte ^ mask[i % 4]!) : bytes])
}

const CONTINUATION = 0
const TEXT = 1
const CLOSE = 8
const PING = 9

const upgrade = (fields: Readonly<Record<string, string>> = {}): Buffer => {
  const all = {
    Host: "127.0.0.1",
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    ...fields
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`GET /ws HTTP/1.1\r\n${lines.join("")}\r\n`)
}

const opened = upgrade()
const ping = line({ type: "ping" })
const repeated = (count: number, piece: Buffer): Buffer =>
  Buffer.concat(Array.from({ length: count }, () => piece))

/** What is written in each of the ways to misuse a WebSocket that the server has to end at once. */
const broken = {
  "no key": [upgrade({ "Sec-WebSocket-Key": "short" })],
  "another version": [upgrade({ "Sec-WebSocket-Version": "7" })],
  "a stranger's page": [upgrade({ Origin: "http://evil.example" })],
  "no HTTP": [Buffer.from('{"type":"list"}\n'), randomBytes(2_000)],
  "endless headers": [Buffer.from("GET /ws HTTP/1.1\r\nX: "), Buffer.alloc(200_000, "x")],
  "no mask": [opened, frame(ping, { masked: false })],
  "reserved bits": [opened, frame(ping, { reserved: 5 })],
  "no such opcode": [opened, frame(ping, { opcode: 11 })],
  "a continuation of nothing": [opened, frame(ping, { opcode: CONTINUATION })],
  "two beginnings": [opened, frame("{", { fin: false }), frame("}", { fin: false })],
  "a control frame in pieces": [opened, frame("", { opcode: PING, fin: false })],
  "a long control frame": [opened, frame(Buffer.alloc(126), { opcode: PING })],
  "a huge length": [opened, frame("x", { announced: 2n ** 40n })],
  "an impossible length": [opened, frame("x", { announced: 2n ** 64n - 1n })],
  "too much in pieces": [
    opened,
    ...Array.from({ length: 12 }, (_, i) =>
      frame(Buffer.alloc(60_000, " "), { opcode: i === 0 ? TEXT : CONTINUATION, fin: false })
    )
  ]
}

/** The same of those that it may bear for a while. */
const tiresome = {
  "half a request": [opened.subarray(0, 40)],
  "half a head": [opened, frame(Buffer.alloc(300)).subarray(0, 3)],
  "half a payload": [opened, frame(ping).subarray(0, 9)],
  "empty pieces": [
    opened,
    frame("", { fin: false }),
    repeated(5_000, frame("", { opcode: CONTINUATION, fin: false }))
  ],
  "pings without end": [
    opened,
    ...Array.from({ length: 20 }, () => repeated(1_000, frame("are you there?", { opcode: PING })))
  ],
  "requests in single bytes": [opened, ...Array.from(ping, (byte) => frame(byte))],
  "words after goodbye": [opened, frame("", { opcode: CLOSE }), frame(ping), frame(ping)],
  garbage: [opened, randomBytes(500)],
  "a login, and gone": [opened, frame(line({ type: "login", username: "gone" }))]
}

type Broken = keyof typeof broken

/** The ways to misuse a WebSocket. */
export const rudeness = [...Object.keys(broken), ...Object.keys(tiresome)] as ReadonlyArray<
  Broken | keyof typeof tiresome
>
export type Rudeness = (typeof rudeness)[number]

const isBroken = (way: Rudeness): way is Broken => Object.hasOwn(broken, way)

/**
 * Misuses a WebSocket, and waits until the server ends it, or for so long; what breaks RFC 6455 has to be ended (FRAME-6).
 * With `isDeaf` it reads nothing meanwhile.
 */
export const misuse = Effect.fnUntraced(function* (
  { totals }: Pick<Chat, "totals">,
  web: Address,
  who: string,
  { isDeaf, millis, way }: { readonly way: Rudeness; readonly isDeaf: boolean; readonly millis: number }
) {
  const connection = yield* RawConnection.connect(web)
  totals.hostileConnections++
  const { wire } = connection
  if (isDeaf) wire.pause()
  const pieces: ReadonlyArray<Buffer> = isBroken(way) ? broken[way] : tiresome[way]
  for (const piece of pieces) totals.hostileBytes += piece.length
  yield* writePieces(wire, pieces)
  if (isDeaf) yield* connection.until(millis, () => false)
  wire.resume()
  yield* connection.until(isBroken(way) ? answerMillisMax : millis, () => false)
  if (isBroken(way) && !connection.isOver)
    return yield* violation("FRAME-6", who, `the end of a WebSocket with ${way}`, "it goes on")
}, Effect.scoped)
