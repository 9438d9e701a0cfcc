import { BlockList, isIPv6 } from "node:net"

/** A set of IP addresses. */
export class AddressRanges {
  private readonly list = new BlockList()

  /** Each range is an address alone, or with the bits of its network: `192.0.2.7`, `10.1.0.0/16`. */
  constructor(ranges: ReadonlyArray<string>) {
    for (const range of ranges) {
      const [address, bits] = range.split("/")
      if (bits === undefined) this.list.addAddress(address!, familyOf(address!))
      else this.list.addSubnet(address!, Number(bits), familyOf(address!))
    }
  }

  includes(address: string): boolean {
    const plain = withoutPrefix(address)
    return this.list.check(plain, familyOf(plain))
  }
}

/** An IPv4 address that came as IPv6 (`::ffff:192.0.2.7`), as IPv4; any other as it is. */
export const withoutPrefix = (address: string): string => address.replace(/^::ffff:(?=[\d.]+$)/i, "")

const familyOf = (address: string) => (isIPv6(address) ? "ipv6" : "ipv4")
