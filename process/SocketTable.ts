import { closeSync, existsSync, openSync, readSync } from "node:fs"
import { isIPv4 } from "node:net"

/** The files in which Linux lists the TCP sockets of this machine, those that listen first. */
const tables = ["/proc/net/tcp", "/proc/net/tcp6"]

/** True if the system has such tables: where it has none, only a connection can tell who listens. */
export const hasSocketTables = existsSync(tables[0]!)

/** The IP address that a port is listened on, IPv4 if possible. */
export const listenerOf = (port: number): string | undefined => {
  for (const file of tables) {
    const rows = rowsOf(port, file, isPastListeners).filter(({ state }) => state === LISTEN)
    const [first] = rows.map(({ address }) => address).toSorted((a, b) => rank(a) - rank(b))
    if (first !== undefined) return first
  }
  return undefined
}

/** Tells if any socket has this local port, those of connections that are over included. */
export const isHeld = (port: number): boolean =>
  tables.some((file) => rowsOf(port, file, () => false).length > 0)

/**
 * The bytes that have arrived at a local port from a peer's port and that its program has not read yet; `undefined` where
 * the system does not tell.
 */
export const unreadBytes = (port: number, peerPort: number): number | undefined => {
  const row = new RegExp(`:${hex(port)} [0-9A-F]+:${hex(peerPort)} 0[1-9A-B] [0-9A-F]{8}:([0-9A-F]{8}) `)
  for (const file of tables) {
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

/** A port as a table has it. */
const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, "0")

/** The rows of a port in the text of a table: `   0: 0100007F:3039 00000000:0000 0A …`. */
export const rowsIn = (text: string, port: number): ReadonlyArray<Row> => {
  const row = new RegExp(`^ *\\d+: ([0-9A-F]{8,32}):${hex(port)} \\S+ ([0-9A-F]{2}) `, "gm")
  return [...text.matchAll(row)].map(([, address, state]) => ({
    address: addressOf(address!),
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

/** Reads an address as a table has it: hexadecimal words of 32 bits in the byte order of the machine. */
const addressOf = (digits: string): string => {
  const bytes = Buffer.from(digits, "hex").swap32()
  const hex = bytes.toString("hex")
  if (bytes.length === 4 || hex.startsWith(mappedIPv4)) return bytes.subarray(-4).join(".")
  return new URL(`http://[${hex.match(/.{4}/g)!.join(":")}]`).hostname.slice(1, -1)
}

const mappedIPv4 = "ffff".padStart(24, "0")

const rank = (address: string): number => {
  if (address === "127.0.0.1" || address === "0.0.0.0") return 0
  if (address === "::") return 1
  return address === "::1" ? 2 : isIPv4(address) ? 3 : 4
}
