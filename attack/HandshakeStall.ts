import * as Effect from "effect/Effect"
import type { ConnectFailed } from "../harness/stage/ActorConnection.ts"
import type { Address } from "../src/net/Address.ts"
import { RawConnection } from "./RawConnection.ts"

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
export const stallHandshake = Effect.fnUntraced(function* (
  { host, port }: Address,
  way: HandshakeStall,
  millisMax: number
) {
  const connection = yield* RawConnection.connect({ host, port })
  const { wire } = connection
  if (way.startsWith("half a hello")) yield* wire.writeNow(HALF_A_HELLO)
  if (way === "no TLS") yield* connection.send({ type: "list" })
  if (way.endsWith("fin")) wire.halfClose()
  if (!way.endsWith("rst")) yield* connection.until(millisMax, () => false)
}, Effect.scoped)

/**
 * Stalls in each of the ways, for as long as the server may take, and often in the one that may be over before the server
 * has accepted the connection.
 */
export const stallInAllWays = (address: Address, millisMax: number): Effect.Effect<void, ConnectFailed> => {
  const hurried = Array.from({ length: HURRIED }, (): HandshakeStall => "rst")
  return Effect.forEach([...handshakeStalls, ...hurried], (way) => stallHandshake(address, way, millisMax), {
    concurrency: 2 * handshakeStalls.length,
    discard: true
  })
}

const HURRIED = 300

/** A record that announces a ClientHello of 512 bytes, and has a few of them. */
const HALF_A_HELLO = Buffer.from("1603010200010001fc0303000102030405060708", "hex")
