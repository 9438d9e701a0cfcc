import * as Effect from "effect/Effect"
import type { Address } from "../net/Address.ts"

/** The servers of one chat, which are all the same to a client: each connection tries the one after the last. */
export class Servers {
  private readonly addresses: ReadonlyArray<Address>
  private index = 0
  private isFirst = true

  /** There is at least one. */
  constructor(addresses: ReadonlyArray<Address>) {
    this.addresses = addresses
  }

  get count(): number {
    return this.addresses.length
  }

  /** The one that was tried last, or will be first. */
  get current(): Address {
    return this.addresses[this.index]!
  }

  /** Tries them in turn, each once, until one lets itself be opened; fails as the last one did. */
  open<A, E, R>(connect: (address: Address) => Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    const attempt = Effect.suspend(() => {
      if (!this.isFirst) this.index = (this.index + 1) % this.addresses.length
      this.isFirst = false
      return connect(this.current)
    })
    return Effect.retry(attempt, { times: this.addresses.length - 1 })
  }
}
