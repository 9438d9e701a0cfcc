import type { Socket } from "node:net"
import * as Effect from "effect/Effect"
import type { Address } from "../src/net/Address.ts"
import { type CannotConnect, openBare, reset } from "./Sockets.ts"

/** The ways to come to a TLS port and never finish the handshake. */
export const doorsteps = [
  "nothing",
  "fin",
  "rst",
  "half a hello",
  "half a hello, fin",
  "half a hello, rst",
  "no TLS"
] as const
export type Doorstep = (typeof doorsteps)[number]

/** Comes to a TLS port without being let in, and waits until the server has had enough, but not for ever. */
export const linger = (
  address: Address,
  way: Doorstep,
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
 * Comes in each of the ways, for as long as the server may take, and often in the one that may be over before the server
 * has accepted it.
 */
export const lingerInAllWays = (address: Address, millisMax: number): Effect.Effect<void, CannotConnect> => {
  const hurried = Array.from({ length: HURRIED }, (): Doorstep => "rst")
  return Effect.forEach([...doorsteps, ...hurried], (way) => linger(address, way, millisMax), {
    concurrency: 2 * doorsteps.length,
    discard: true
  })
}

const HURRIED = 300

/** Done once the system has the bytes: a reset in the same moment would overtake them. */
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
