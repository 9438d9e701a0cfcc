import type { Values } from "../../src/settings/Settings.ts"

export const KiB = 1_024
export const MiB = KiB * KiB

type Limits = Pick<
  Values,
  | "clientsMax"
  | "frameBytesMax"
  | "outboxBytesMax"
  | "outboxesBytesMax"
  | "readPauseBytes"
  | "readerReserveBytes"
  | "historyBytesMax"
  | "roomsMax"
  | "clientRoomsMax"
  | "sessionsMax"
  | "receiptsMax"
>

/** The most memory that a server may take, as docs/OPERATIONS.md has it; TLS adds 64 KiB for each client. */
export const memoryBytesMax = (limits: Limits, hasTls = false): number =>
  160 * MiB +
  limits.clientsMax *
    (4 * KiB + 2 * limits.frameBytesMax + 96 * KiB + limits.readPauseBytes + (hasTls ? 64 * KiB : 0)) +
  1.5 * limits.outboxesBytesMax +
  4 * limits.outboxBytesMax +
  2 * limits.readerReserveBytes +
  1.5 * limits.historyBytesMax +
  limits.roomsMax * KiB +
  (limits.clientsMax + limits.sessionsMax) *
    (2 * KiB + (limits.receiptsMax + limits.clientRoomsMax) * (KiB / 2))
