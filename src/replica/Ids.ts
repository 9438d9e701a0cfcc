import { randomBytes } from "node:crypto"
import { hostname } from "node:os"
import type { Values } from "../settings/Settings.ts"

/** A name for a node, which differs from all names before. */
export const newNode = ({ node = processName() }: Values): string => `${node}.${randomId(12)}`

export const newEpoch = (): string => randomId(6)

/** The name of this process, for people. */
const processName = (): string =>
  `${hostname()
    .replaceAll(/[^\w-]/g, "-")
    .slice(0, 48)}-${process.pid}`

/** A text of so many bytes of randomness. */
const randomId = (bytes: number): string => randomBytes(bytes).toString("base64url")
