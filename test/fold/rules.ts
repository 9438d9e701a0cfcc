import type { Rules } from "../../src/fold/Operation.ts"

/** Small bounds, so that tests meet them. */
export const rules: Rules = {
  history: 3,
  historyBytes: 1_000_000,
  rooms: 10,
  roomsPerClient: 2,
  absent: 2,
  inbox: 3,
  inboxBytes: 1_000_000,
  receipts: 2,
  unicode: "17.0"
}
