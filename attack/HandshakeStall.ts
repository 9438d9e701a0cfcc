import type { Socket } from "node:net"
import * as Effect from "effect/Effect"
import type { Address } from "../src/net/Address.ts"
import { type CannotConnect, openBare, reset } from "./Sockets.ts"

/** The ways to connect to a TLS port and never finish the handshake. */
export const handshakeStalls = [
  "nothing",
  "fin",
  "rst",
  "half a hello",
  "half a hello, fin",
  "half a hello, rst",
  "no TLS"
] as const
export type HandshakeStall = (typeof handshakeStalls)[number]

/** Connects to a TLS port without finishing the handshake, and waits until the server ends the connection, or for so long. */
export const stallHandshake = (
  address: Address,
  way: HandshakeStall,
  millisMax: number
): Effect.Effect<void, CannotConnect> =>
  Effect.gen(function* () {
    const socket = yield* Effect.acquireRelease(openBare(address), (socket) =>
      Effect.sync(() => reset(socket))
    )
    socket.resume()
    if (way.startsWith("half a hello")) yield* write(socket, HALF_A_HELLO)
    if (way === "no TLS") yield* write(socket, Buffer.from('{"type":"list"}\n'))
    if (way.endsWith("fin")) socket.end()
    if (!way.endsWith("rst")) yield* closed(socket, millisMax)
  }).pipe(Effect.scoped)

/**
 * Stalls in each of the ways, for as long as the server may take, and often in the one that may be over before the server
 * has accepted the connection.
 */
export const stallInAllWays = (address: Address, millisMax: number): Effect.Effect<void, CannotConnect> => {
  const hurried = Array.from({ length: HURRIED }, (): HandshakeStall => "rst")
  return Effect.forEach([...handshakeStalls, ...hurried], (way) => stallHandshake(address, way, millisMax), {
    concurrency: 2 * handshakeStalls.length,
    discard: true
  })
}

const HURRIED = 300

/** Writes bytes; done once the system has them: a reset at the same moment would overtake them. */
const write = (socket: Socket, bytes: Buffer): Effect.Effect<void> =>
  Effect.callback((resume) => {
    socket.write(bytes, () => resume(Effect.void))
  })

const closed = (socket: Socket, millisMax: number): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    if (socket.closed) return resume(Effect.void)
    socket.once("close", () => resume(Effect.void))
    socket.once("end", () => socket.end())
  }).pipe(Effect.timeoutOption(millisMax), Effect.asVoid)

/** A record that announces a ClientHello of 512 bytes, and has a few of them. */
const HALF_A_HELLO = Buffer.from("1603010200010001fc0303000102030405060708", "hex")
