import { isIPv6 } from "node:net"
import { AddressRanges, withoutPrefix } from "./AddressRanges.ts"
import { type BucketRule, TokenBucket } from "./TokenBucket.ts"

/** Limits on one address and on its network; `undefined` is no limit. */
export interface AddressRules {
  readonly addressClientsMax: number | undefined
  readonly networkClientsMax: number | undefined
  /** New connections per minute. */
  readonly addressRate: number | undefined
  /** Addresses, each alone or with the bits of its network, that are not counted. */
  readonly exemptAddresses: ReadonlyArray<string>
}

/**
 * Keeps one address from taking all seats, and one customer with many addresses. An IPv6 address counts as its network
 * of 64 bits. A customer may have a network of 24 bits (IPv4) or 48 (IPv6). An address is remembered only while it has
 * connections or has just made many.
 */
export class AddressLimits {
  private readonly clientsMax: number
  private readonly networkClientsMax: number
  private readonly rate: BucketRule | undefined
  private readonly keysOf: (address: string) => Keys | undefined
  private readonly holders = new Map<string, Holder>()
  /** Connections by network. */
  private readonly networks = new Map<string, number>()

  constructor({
    addressClientsMax = Infinity,
    addressRate,
    exemptAddresses,
    networkClientsMax = Infinity
  }: AddressRules) {
    this.clientsMax = addressClientsMax
    this.networkClientsMax = networkClientsMax
    this.rate =
      addressRate === undefined ? undefined : { burst: addressRate, perMillis: addressRate / MINUTE_MILLIS }
    const keysOf = addressKeys(exemptAddresses)
    this.keysOf = (address) => (this.isOff ? undefined : keysOf(address))
  }

  /** True if nothing is counted. */
  get isOff(): boolean {
    return this.rate === undefined && this.clientsMax === Infinity && this.networkClientsMax === Infinity
  }

  /** The number of addresses remembered. */
  get size(): number {
    return this.holders.size
  }

  /** True if the address may have one more connection, which must be given back by `leave`. */
  admit(address: string, nowMillis: number): boolean {
    const keys = this.keysOf(address)
    if (keys === undefined) return true
    const holder = this.holders.get(keys.address) ?? {
      connections: 0,
      bucket: this.rate && new TokenBucket(this.rate, nowMillis)
    }
    this.holders.set(keys.address, holder)
    const neighbours = this.networks.get(keys.network) ?? 0
    if (holder.connections >= this.clientsMax || neighbours >= this.networkClientsMax) return false
    if (holder.bucket !== undefined && holder.bucket.take(nowMillis) > 0) return false
    holder.connections++
    this.networks.set(keys.network, neighbours + 1)
    return true
  }

  leave(address: string): void {
    const keys = this.keysOf(address)
    const holder = keys && this.holders.get(keys.address)
    if (keys === undefined || holder === undefined) return
    holder.connections--
    const neighbours = this.networks.get(keys.network)! - 1
    if (neighbours > 0) this.networks.set(keys.network, neighbours)
    else this.networks.delete(keys.network)
  }

  /** Forgets the addresses that need not be remembered any more. */
  prune(nowMillis: number): void {
    for (const [key, { bucket, connections }] of this.holders)
      if (connections === 0 && (bucket?.isFull(nowMillis) ?? true)) this.holders.delete(key)
  }
}

/** The keys that an address is counted under. */
interface Keys {
  readonly address: string
  readonly network: string
}

/** Gives the keys of an address, or `undefined` if it is not counted. */
export const addressKeys = (
  exemptAddresses: ReadonlyArray<string>
): ((address: string) => Keys | undefined) => {
  const exempt = new AddressRanges(exemptAddresses)
  return (address) => {
    const plain = withoutPrefix(address)
    if (exempt.includes(plain)) return undefined
    if (!isIPv6(plain)) return { address: plain, network: plain.slice(0, plain.lastIndexOf(".")) }
    const groups = groupsOf(plain)
    return { address: groups.slice(0, 4).join(":"), network: groups.slice(0, 3).join(":") }
  }
}

interface Holder {
  connections: number
  /** Its right to connect, if that is limited. */
  readonly bucket: TokenBucket | undefined
}

const MINUTE_MILLIS = 60_000

/** The eight groups of an IPv6 address. */
const groupsOf = (address: string): ReadonlyArray<string> => {
  const [head = "", tail] = address.split("::")
  const groups = head === "" ? [] : head.split(":")
  const rest = tail === undefined || tail === "" ? [] : tail.split(":")
  const zeros = tail === undefined ? 0 : 8 - groups.length - rest.length
  return [...groups, ...Array.from({ length: zeros }, () => "0"), ...rest]
}
