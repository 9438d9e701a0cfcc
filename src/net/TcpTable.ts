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

/**
 * The bytes that each of these peers has not acknowledged yet, `undefined` where the system does not tell. What the
 * system takes of a write shows in large steps; this shows all that a peer takes.
 */
export const unacknowledged = async (
  connections: ReadonlyArray<Ends>
): Promise<ReadonlyArray<number | undefined>> => {
  const byPorts = Map.groupBy(
    connections,
    ({ localPort, peer }) => `${portIn(localPort)} ${portIn(peer.port)}`
  )
  const found = new Map<Ends, number>()
  for (const text of await Promise.all(tcpTables.map(textOf)))
    for (const [, localPort, address, port, bytes] of text.matchAll(row))
      for (const ends of byPorts.get(`${localPort} ${port}`) ?? [])
        if (plain(ends.peer.host) === addressFrom(address!)) found.set(ends, Number.parseInt(bytes!, 16))
  return connections.map((ends) => found.get(ends))
}

/** `   0: 0100007F:3039 0100007F:D431 01 0003A2F0:00000000 …`: both ends, the state, what is unacknowledged and unread. */
const row = /: [0-9A-F]+:([0-9A-F]{4}) ([0-9A-F]+):([0-9A-F]{4}) 0[1-9] ([0-9A-F]{8}):/g

/** An address as a row gives it: without the prefix of a mapped one, and without a zone. */
const plain = (host: string): string => host.replace(/^::ffff:(?=\d+\.)|%.*$/g, "")

const textOf = (file: string): Promise<string> => readFile(file, "latin1").catch(() => "") // not Linux, or IPv6 is off
