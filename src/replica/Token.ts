import { createHash, randomBytes } from "node:crypto"
import type { Hash } from "../fold/Operation.ts"

/** Bytes of randomness in a token: whoever has it has the session. */
const tokenBytes = 24

/** A token for a new session, as only its client gets it. */
export const makeToken = (): string => randomBytes(tokenBytes).toString("base64url")

/** The session of a token, as the log and all that is kept know it. */
export const hashOf = (token: string): Hash => createHash("sha256").update(token).digest("base64url")
