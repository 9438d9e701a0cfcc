import type { Fault } from "./Fault.ts"
import { contentFaults } from "./faults/Content.ts"
import { directFaults } from "./faults/Direct.ts"
import { framingFaults } from "./faults/Framing.ts"
import { garbageFaults } from "./faults/Garbage.ts"
import { leavingFaults } from "./faults/Leaving.ts"
import { loginFaults } from "./faults/Login.ts"
import { messageFaults } from "./faults/Message.ts"
import { numberFaults } from "./faults/Numbers.ts"
import { presenceFaults } from "./faults/Presence.ts"
import { receiptFaults } from "./faults/Receipts.ts"
import { replyingFaults } from "./faults/Replying.ts"
import { roomFaults } from "./faults/Rooms.ts"
import { sessionFaults } from "./faults/Sessions.ts"

/** All faults, in the order of the protocol's clauses. */
export const families: ReadonlyArray<ReadonlyArray<Fault>> = [
  framingFaults,
  garbageFaults,
  replyingFaults,
  loginFaults,
  messageFaults,
  contentFaults,
  leavingFaults,
  presenceFaults,
  roomFaults,
  directFaults,
  numberFaults,
  sessionFaults,
  receiptFaults
]

export const faults: ReadonlyArray<Fault> = families.flat()
