import { readFile } from "node:fs/promises"
import type { Address } from "./Address.ts"

/** The files in which Linux lists the TCP sockets of this machine, one a row, those that listen first. */
export const tcpTables = ["/proc/net/tcp", "/proc/net/tcp6"]

/** A port as a table has it. */
export const portIn = (port: number): string => port.toString(16).toUpperCase().padStart(4, "0")

/** Reads an address as a table has it: hexadecimal words of 32 bits in the byte order of the machine. */
export const addressFrom = (digits: string): string => {
  const bytes = Buffer.from(digits, "hex").swap32()
  const hex = bytes.toString("hex")
  if (bytes.length === 4 || hex.startsWith(mappedIPv4)) return bytes.subarray(-4).join(".")
  return new URL(`http://[${hex.match(/.{4}/g)!.join(":")}]`).hostname.slice(1, -1)
}

const mappedIPv4 = "ffff".padStart(24, "0")

/** The two ends of a connection, as this side sees it. */
export interface Ends {
  readonly localPort: number
  readonly peer: Address
}

/** What the system tells of connections. */
export interface Untaken {
  /** For each of them, the bytes that its peer has not taken yet; `undefined` where the system does not tell. */
  readonly bytes: ReadonlyArray<number | undefined>
  /** Time for which nothing else could be done. */
  readonly busyMillis: number
}

/**
 * Counts what peers have not taken yet: bytes that are not acknowledged, and those that a program on this machine has
 * not read. What the system takes of a write shows in large steps; this shows all that a peer takes.
 */
export const untaken = async (connections: ReadonlyArray<Ends>): Promise<Untaken> => {
  const before = await textsOf()
  const after = await textsOf() // so that what arrives in between counts twice rather than never
  const beganMillis = performance.now()
  const unacknowledged = find(connections, before, ofServer)
  const unread = find(connections, after, ofPeer)
  const bytes = connections.map((ends) => {
    const sent = unacknowledged.get(ends)
    return sent === undefined ? undefined : sent + (unread.get(ends) ?? 0)
  })
  return { bytes, busyMillis: performance.now() - beganMillis }
}

/** Finds connections in tables by the rows of one of their ends, and gives the bytes that wait there. */
const find = (
  connections: ReadonlyArray<Ends>,
  texts: ReadonlyArray<string>,
  read: typeof ofServer
): Map<Ends, number> => {
  const byPorts = Map.groupBy(
    connections,
    ({ localPort, peer }) => `${portIn(localPort)} ${portIn(peer.port)}`
  )
  const found = new Map<Ends, number>()
  for (const text of texts)
    for (const match of text.matchAll(row)) {
      const { address, bytes, ports } = read(match)
      for (const ends of byPorts.get(ports) ?? [])
        if (plain(ends.peer.host) === addressFrom(address)) found.set(ends, Number.parseInt(bytes, 16))
    }
  return found
}

/** `   0: 0100007F:3039 0100007F:D431 01 0003A2F0:00000000 …`: both ends, the state, what is unacknowledged and unread. */
const row = /: ([0-9A-F]+):([0-9A-F]{4}) ([0-9A-F]+):([0-9A-F]{4}) 0[1-9] ([0-9A-F]{8}):([0-9A-F]{8}) /g

const ofServer = ([, , port, address, peerPort, unacknowledged]: ReadonlyArray<string>) => ({
  ports: `${port} ${peerPort}`,
  address: address!,
  bytes: unacknowledged!
})

const ofPeer: typeof ofServer = ([, address, peerPort, , port, , unread]) => ({
  ports: `${port} ${peerPort}`,
  address: address!,
  bytes: unread!
})

/** An address as a row gives it: without the prefix of a mapped one, and without a zone. */
const plain = (host: string): string => host.replace(/^::ffff:(?=\d+\.)|%.*$/g, "")

const textsOf = () => Promise.all(tcpTables.map(textOf))

const textOf = (file: string): Promise<string> => readFile(file, "latin1").catch(() => "") // not Linux, or IPv6 is off
