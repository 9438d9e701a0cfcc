import * as Effect from "effect/Effect"
import type { Address } from "./Address.ts"

/** Time that a server has to answer a handshake. */
const handshakeMillisMax = 2_000

/**
 * Finds out by a handshake whether a server speaks TLS. One that does not takes it for garbage: this is for when nothing
 * else is wanted of it any more.
 */
export const speaksTls = ({ host, port }: Address): Effect.Effect<boolean> =>
  Effect.callback<boolean>((resume) => {
    const { connect } = process.getBuiltinModule("node:tls")
    const socket = connect({ host, port, rejectUnauthorized: false })
    socket.once("secureConnect", () => resume(Effect.succeed(true)))
    socket.once("error", () => resume(Effect.succeed(false)))
    socket.once("close", () => resume(Effect.succeed(false)))
    return Effect.sync(() => socket.destroy())
  }).pipe(Effect.timeoutOrElse({ duration: handshakeMillisMax, orElse: () => Effect.succeed(false) }))

/** True of the first bytes of a server that takes what it was sent for a broken handshake: an alert of TLS. */
export const isTlsAlert = (bytes: Buffer): boolean => bytes[0] === ALERT && bytes[1] === VERSION_MAJOR

const ALERT = 0x15
const VERSION_MAJOR = 0x03

/** What to do about a server that speaks TLS, and about one that does not. */
export const tlsAdvice = {
  missing: "this server speaks TLS: give --tls, or its certificate with --ca FILE",
  unwanted: "this server does not speak TLS: leave out --tls and --ca"
} as const
