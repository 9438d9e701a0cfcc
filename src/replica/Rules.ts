import type { Rules } from "../fold/Operation.ts"
import type { Values } from "../settings/Settings.ts"

/** The settings that shape the state: all servers of one log have the same. */
export const rulesOf = (settings: Values): Rules => ({
  history: settings.historyMax ?? 0,
  historyBytes: settings.historyBytesMax,
  rooms: settings.roomsMax,
  roomsPerClient: settings.clientRoomsMax,
  absent: settings.sessionsMax,
  inbox: settings.inboxMax,
  inboxBytes: settings.inboxBytesMax,
  receipts: settings.receiptsMax
})
