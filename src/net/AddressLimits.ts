import { BlockList, isIPv6 } from "node:net"
import { type BucketRule, TokenBucket } from "./TokenBucket.ts"

/** Limits on one address; `undefined` is no limit. */
export interface AddressRules {
  readonly addressClientsMax: number | undefined
  /** New connections per minute. */
  readonly addressRate: number | undefined
  /** Addresses, each alone or with the bits of its network, that are not counted. */
  readonly exemptAddresses: ReadonlyArray<string>
}

/**
 * Keeps one address from taking all seats. An IPv6 address counts as its /64 network, which is what one customer has.
 * An address is remembered only while it has connections or has just made many.
 */
export class AddressLimits {
  private readonly clientsMax: number
  private readonly rate: BucketRule | undefined
  private readonly exempt = new BlockList()
  private readonly holders = new Map<string, Holder>()

  constructor({ addressClientsMax = Infinity, addressRate, exemptAddresses }: AddressRules) {
    this.clientsMax = addressClientsMax
    this.rate =
      addressRate === undefined ? undefined : { burst: addressRate, perMillis: addressRate / MINUTE_MILLIS }
    for (const range of exemptAddresses) {
      const [address, bits] = range.split("/")
      const family = isIPv6(address!) ? "ipv6" : "ipv4"
      if (bits === undefined) this.exempt.addAddress(address!, family)
      else this.exempt.addSubnet(address!, Number(bits), family)
    }
  }

  /** True if nothing is counted. */
  get isOff(): boolean {
    return this.rate === undefined && this.clientsMax === Infinity
  }

  /** The number of addresses remembered. */
  get size(): number {
    return this.holders.size
  }

  /** True if the address may have one more connection, which must be given back by `leave`. */
  admit(address: string, nowMillis: number): boolean {
    const key = this.keyOf(address)
    if (key === undefined) return true
    const holder = this.holders.get(key) ?? {
      connections: 0,
      bucket: this.rate && new TokenBucket(this.rate, nowMillis)
    }
    this.holders.set(key, holder)
    if (holder.connections >= this.clientsMax) return false
    if (holder.bucket !== undefined && holder.bucket.take(nowMillis) > 0) return false
    holder.connections++
    return true
  }

  leave(address: string): void {
    const key = this.keyOf(address)
    const holder = key === undefined ? undefined : this.holders.get(key)
    if (holder !== undefined) holder.connections--
  }

  /** Forgets the addresses that need not be remembered any more. */
  prune(nowMillis: number): void {
    for (const [key, { bucket, connections }] of this.holders)
      if (connections === 0 && (bucket?.isFull(nowMillis) ?? true)) this.holders.delete(key)
  }

  /** The key that the address is counted under, or `undefined` if it is not counted. */
  private keyOf(address: string): string | undefined {
    if (this.isOff) return undefined
    const plain = address.replace(/^::ffff:(?=[\d.]+$)/i, "")
    if (!isIPv6(plain)) return this.exempt.check(plain, "ipv4") ? undefined : plain
    return this.exempt.check(plain, "ipv6") ? undefined : networkOf(plain)
  }
}

interface Holder {
  connections: number
  /** Its right to connect, if that is limited. */
  readonly bucket: TokenBucket | undefined
}

const MINUTE_MILLIS = 60_000

/** The first four of the eight groups of an IPv6 address. */
const networkOf = (address: string): string => {
  const [head = "", tail] = address.split("::")
  const groups = head === "" ? [] : head.split(":")
  const rest = tail === undefined || tail === "" ? [] : tail.split(":")
  const zeros = tail === undefined ? 0 : 8 - groups.length - rest.length
  return [...groups, ...Array.from({ length: zeros }, () => "0"), ...rest].slice(0, 4).join(":")
}
