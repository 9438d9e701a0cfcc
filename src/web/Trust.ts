import type { IncomingHttpHeaders } from "node:http"
import { isIP } from "node:net"
import type { AddressRanges } from "../net/AddressRanges.ts"

/** What a request over HTTP says of where it comes from, and the rules for that. */
export interface TrustRules {
  /** Origins of pages that may open a WebSocket, beside those of this server itself. */
  readonly webOrigins: ReadonlyArray<string>
}

/**
 * The reason why a request is refused, if it is. A browser tells honestly which page a request comes from (`Origin`)
 * and which name its server was looked up by (`Host`). A name that is not ours may have been pointed at this machine by
 * a stranger, whose page would then be of the same origin.
 */
export const refusalOf = (headers: IncomingHttpHeaders, { webOrigins }: TrustRules): string | undefined => {
  const { host = "", origin } = headers
  const hosts = webOrigins.map((allowed) => new URL(allowed).host)
  if (!isOwnName(nameOf(host)) && !hosts.includes(host))
    return `this server does not know itself as ${host || "(no host)"}. Whoever runs it can name its address with --web-origin.`
  if (origin === undefined || webOrigins.includes(origin) || hostOf(origin) === host) return undefined
  return `pages of ${origin} may not connect. Whoever runs the server can allow it with --web-origin.`
}

/** True of an address, and of the names of this machine that nobody else can give to another. */
const isOwnName = (name: string): boolean => isIP(name) !== 0 || /^(?:.+\.)?localhost$/.test(name)

/** The name of `NAME:PORT`. */
const nameOf = (host: string): string =>
  host
    .replace(/:\d+$/, "")
    .replace(/^\[(.*)\]$/, "$1")
    .toLowerCase()

const hostOf = (origin: string): string | undefined =>
  URL.canParse(origin) ? new URL(origin).host : undefined

/**
 * The address of a client: that of the connection, or where this is a trusted proxy's, the last one in its
 * `X-Forwarded-For` that is no proxy's.
 */
export const clientAddress = (
  remoteAddress: string | undefined,
  forwardedFor: string | undefined,
  proxies: AddressRanges
): string | undefined => {
  let address = remoteAddress
  const said = (forwardedFor ?? "").split(",").map((each) => each.trim())
  while (address !== undefined && proxies.includes(address)) {
    const before = said.pop()
    if (before === undefined || isIP(before) === 0) break
    address = before
  }
  return address
}
