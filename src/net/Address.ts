import { isIPv6 } from "node:net"
import { defaultPort } from "../Protocol.ts"

/** The address of a server: a host name or IP address, and a TCP port. */
export interface Address {
  readonly host: string
  readonly port: number
  /** Set to speak TLS; `ca` is the certificate (PEM) to trust instead of the system's. */
  readonly tls?: { readonly ca?: Buffer } | undefined
}

/**
 * Reads `HOST:PORT`, `HOST`, `:PORT`, `[::1]:PORT` or a bare IPv6 address; the defaults are 127.0.0.1 and 12345.
 * Throws an error that says what was expected.
 */
export const parseAddress = (text: string): Address => {
  const [scheme] = /^[a-z]+:\/\//i.exec(text) ?? []
  if (scheme !== undefined) throw wrong(`leave out ${scheme}`)
  const [, bracketed, name, port] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::([^:]*))?$/.exec(text) ?? []
  if (isIPv6(text)) return { host: text, port: defaultPort }
  if (bracketed === undefined && name === undefined) throw wrong("an IPv6 address needs brackets")
  if (bracketed !== undefined && !isIPv6(bracketed)) throw wrong(`"${bracketed}" is not an IPv6 address`)
  if (port === undefined && /^\d+$/.test(name ?? "")) throw wrong(`write :${text} for a port alone`)
  const host = bracketed ?? name
  if (/\s/.test(host!)) throw wrong("a host name has no spaces")
  return { host: host || defaultHost, port: port === undefined ? defaultPort : parsePort(port) }
}

/** Reads addresses with commas between them, at least one. */
export const parseAddresses = (text: string): ReadonlyArray<Address> => {
  const texts = text.split(",")
  if (texts.length > 1 && texts.includes("")) throw wrong("an address is missing beside a comma")
  return texts.map(parseAddress)
}

/** Writes an address the way `parseAddress` reads it. */
export const formatAddress = ({ host, port }: Address): string =>
  isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`

const defaultHost = "127.0.0.1"

const parsePort = (digits: string): number => {
  const port = /^\d{1,5}$/.test(digits) ? Number(digits) : 0
  if (port < 1 || port > 65_535) throw wrong("a port is a number from 1 to 65535")
  return port
}

const wrong = (why: string): Error =>
  new Error(`HOST:PORT such as 127.0.0.1:${defaultPort} or [::1]:${defaultPort} (${why})`)
