import { closeSync, existsSync, openSync, readSync } from "node:fs"
import { isIPv4 } from "node:net"
import { addressFrom, portIn, tcpTables } from "../src/net/TcpTable.ts"

/** True if the system has such tables: where it has none, only a connection can tell who listens. */
export const hasSocketTables = existsSync(tcpTables[0]!)

/** The IP address that a port is listened on, IPv4 if possible. */
export const listenerOf = (port: number): string | undefined => {
  for (const file of tcpTables) {
    const rows = rowsOf(port, file, isPastListeners).filter(({ state }) => state === LISTEN)
    const [first] = rows.map(({ address }) => address).toSorted((a, b) => rank(a) - rank(b))
    if (first !== undefined) return first
  }
  return undefined
}

/** Tells if any socket has this local port, those of connections that are over included. */
export const isHeld = (port: number): boolean =>
  tcpTables.some((file) => rowsOf(port, file, () => false).length > 0)

/**
 * The bytes that have arrived at a local port from a peer's port and that its program has not read yet; `undefined` where
 * the system does not tell.
 */
export const unreadBytes = (port: number, peerPort: number): number | undefined => {
  const row = new RegExp(
    `:${portIn(port)} [0-9A-F]+:${portIn(peerPort)} 0[1-9A-B] [0-9A-F]{8}:([0-9A-F]{8}) `
  )
  for (const file of tcpTables) {
    const found = row.exec(textOf((text) => row.test(text), file))?.[1]
    if (found !== undefined) return Number.parseInt(found, 16)
  }
  return undefined
}

interface Row {
  readonly address: string
  readonly state: string
}

/** The rows of a port, from a table that is read as far as it has to be: a busy machine has tens of thousands of rows. */
const rowsOf = (port: number, file: string, isEnough: (text: string) => boolean): ReadonlyArray<Row> => {
  return rowsIn(textOf(isEnough, file), port)
}

/** The text of a table, as far as it has to be read. */
const textOf = (isEnough: (text: string) => boolean, file: string): string => {
  try {
    return readUntil(isEnough, file)
  } catch {
    return "" // not Linux, or IPv6 is off
  }
}

/** The rows of a port in the text of a table: `   0: 0100007F:3039 00000000:0000 0A …`. */
export const rowsIn = (text: string, port: number): ReadonlyArray<Row> => {
  const row = new RegExp(`^ *\\d+: ([0-9A-F]{8,32}):${portIn(port)} \\S+ ([0-9A-F]{2}) `, "gm")
  return [...text.matchAll(row)].map(([, address, state]) => ({
    address: addressFrom(address!),
    state: state!
  }))
}

const LISTEN = "0A"

const isPastListeners = (text: string): boolean => /^ *\d+: \S+ \S+ (?!0A)\S\S /m.test(text)

const readUntil = (isEnough: (text: string) => boolean, file: string): string => {
  const descriptor = openSync(file, "r")
  try {
    const piece = Buffer.alloc(pieceBytes)
    let text = ""
    for (;;) {
      const bytes = readSync(descriptor, piece)
      const added = piece.toString("latin1", 0, bytes)
      text += added
      if (bytes === 0 || isEnough(added)) return text
    }
  } finally {
    closeSync(descriptor)
  }
}

const pieceBytes = 4_096

const rank = (address: string): number => {
  if (address === "127.0.0.1" || address === "0.0.0.0") return 0
  if (address === "::") return 1
  return address === "::1" ? 2 : isIPv4(address) ? 3 : 4
}
