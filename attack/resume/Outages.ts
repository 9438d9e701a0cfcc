import type { Address } from "../../src/net/Address.ts"

/** What is wrong: with a `node`, of which the others may think that it is dead, or with the `log` of all. */
export type Outage = "node" | "log"

interface Trouble {
  readonly kind: Outage
  readonly addresses: ReadonlyArray<Address>
  isOver: boolean
}

/** What was done to servers, or is being done: whoever is connected there may be ended by it. */
export class Outages {
  private readonly troubles: Array<Trouble> = []

  /** Begins an outage of servers; gives what ends it. */
  begin(kind: Outage, addresses: ReadonlyArray<Address>): () => void {
    const trouble = { kind, addresses, isOver: false }
    this.troubles.push(trouble)
    return () => {
      trouble.isOver = true
    }
  }

  /** A moment, from which on one can ask what happened. */
  get now(): number {
    return this.troubles.length
  }

  /** The outages of a server since a moment, or still then. */
  since(moment: number, address: Address): ReadonlySet<Outage> {
    const known = this.troubles.filter(
      ({ addresses, isOver }, at) => (at >= moment || !isOver) && addresses.includes(address)
    )
    return new Set(known.map(({ kind }) => kind))
  }

  /** The outages of a server that go on. */
  at(address: Address): ReadonlySet<Outage> {
    return this.since(this.now, address)
  }
}
