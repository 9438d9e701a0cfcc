import { AddressLimits, type AddressRules } from "./AddressLimits.ts"

/** Why there is no seat, in the words of the protocol. */
export const refusals = ["server_full", "too_many_connections", "shutting_down"] as const
export type Refusal = (typeof refusals)[number]

/** How many may connect. */
export interface AdmissionRules extends AddressRules {
  readonly clientsMax: number
}

/** A place at the table, from the moment TCP has the connection until its socket is closed. */
export interface Seat {
  readonly acceptedAtMillis: number
  /** Whom it is counted for, where that is limited. */
  readonly address: string
  /** Why it is none. */
  readonly refusal: Refusal | undefined
}

/** Counts who is connected, in all and by address, and says who may. */
export class Admission {
  /** Admission that are taken, from the moment TCP has a connection until its socket is closed. */
  taken = 0
  /** Connections that are there although there is no seat for them. */
  turnedAway = 0
  private readonly clientsMax: number
  private readonly addresses: AddressLimits

  constructor(rules: AdmissionRules) {
    this.clientsMax = rules.clientsMax
    this.addresses = new AddressLimits(rules)
  }

  take(socket: { readonly remoteAddress?: string | undefined }, nowMillis: number): Seat {
    if (this.taken >= this.clientsMax) return this.none("server_full", nowMillis)
    const address = this.addresses.isOff ? "" : (socket.remoteAddress ?? "") // asking costs a system call
    if (!this.addresses.admit(address, nowMillis)) return this.none("too_many_connections", nowMillis)
    this.taken++
    return { acceptedAtMillis: nowMillis, address, refusal: undefined }
  }

  /** To be called once for each seat, also for one that is none. */
  giveBack({ address, refusal }: Seat): void {
    if (refusal !== undefined) {
      this.turnedAway--
      return
    }
    this.taken--
    this.addresses.leave(address)
  }

  /** A seat that is none. */
  none(refusal: Refusal, nowMillis: number): Seat {
    this.turnedAway++
    return { acceptedAtMillis: nowMillis, address: "", refusal }
  }

  /** Forgets what need not be remembered any more. */
  prune(nowMillis: number): void {
    this.addresses.prune(nowMillis)
  }
}
