import { hash } from "node:crypto"
import { isUsername, usernameKey } from "../Username.ts"
import type { Happening } from "./Happening.ts"
import type { OperationOf } from "./Operation.ts"
import { lobbyKey, type Receipt, type Session } from "./State.ts"

/** What tells a message from another one: the same words to the same place have the same digest (DEDUP-4). */
export const digestOf = (operation: OperationOf<"message">): string => {
  const place = placeOf(operation)
  return hash("sha256", `${place.length} ${place} ${operation.content}`, "base64url")
}

const placeOf = ({ room, to }: OperationOf<"message">): string => {
  if (to !== undefined) return `to ${sameFor(to)}`
  return `room ${room === undefined ? lobbyKey : sameFor(room)}`
}

const sameFor = (name: string): string => (isUsername(name) ? usernameKey(name) : name)

/** Answers a message that has the `cid` of one that was said before (DEDUP-1, DEDUP-4). */
export const answerAgain = ({ digest: known, room, seq, to }: Receipt, digest: string): Happening =>
  digest === known ? { t: "duplicate", room, seq, to } : { t: "refused", code: "invalid_request" }

/** Keeps what became of a message, unless it was refused, and at most so many receipts (DEDUP-2). */
export const keepReceipt = (
  { receipts }: Session,
  cid: string,
  digest: string,
  happening: Happening,
  max: number
): void => {
  if (happening.t === "said") {
    const room = happening.room.key === lobbyKey ? undefined : happening.room.name
    receipts.set(cid, { digest, seq: happening.message.seq, room, to: undefined })
  } else if (happening.t === "letter")
    receipts.set(cid, { digest, seq: undefined, room: undefined, to: happening.to.username })
  boundReceipts(receipts, max)
}

/** Drops the oldest receipts above a number. */
export const boundReceipts = (receipts: Session["receipts"], max: number): void => {
  for (const oldest of receipts.keys()) {
    if (receipts.size <= max) return
    receipts.delete(oldest)
  }
}
