import { AddressLimits, type AddressRules } from "./AddressLimits.ts"

/** Reasons why there is no seat, as error codes of the protocol. */
export type Refusal = "server_full" | "too_many_connections" | "shutting_down"

/** The most newcomers that are being told why there is no seat; further ones are reset without a word. */
const toldMax = 16

/** Limits on the number of connections. */
export interface AdmissionRules extends AddressRules {
  readonly clientsMax: number
}

/** A connection that TCP has accepted and that nobody has talked to yet. */
export interface Newcomer {
  /** Asking for it costs a system call. */
  readonly remoteAddress?: string | undefined
}

/** A place among `clientsMax`, from the moment TCP has the connection until it is closed. */
export interface Seat {
  readonly acceptedAtMillis: number
  /** The address that it counts for, if that is limited. */
  readonly address: string
  /** Set if there was no seat. */
  readonly refusal: Refusal | undefined
}

/** Counts connections, in total and by address, and decides which newcomers get a seat. */
export class Admission {
  readonly clientsMax: number
  /** Seats that are taken. */
  taken = 0
  /** Newcomers since the start that got no seat, by reason. */
  readonly refused: Record<Refusal, number> = { server_full: 0, too_many_connections: 0, shutting_down: 0 }
  /** Those of them that are still there, being told why. */
  private told = 0
  private readonly addresses: AddressLimits

  constructor(rules: AdmissionRules) {
    this.clientsMax = rules.clientsMax
    this.addresses = new AddressLimits(rules)
  }

  /** A seat, or the reason why there is none; `undefined` if too many are being told a reason already. */
  admit(newcomer: Newcomer, nowMillis: number): Seat | undefined {
    if (this.taken >= this.clientsMax) return this.refuse("server_full", nowMillis)
    const address = this.addresses.isOff ? "" : (newcomer.remoteAddress ?? "")
    if (!this.addresses.admit(address, nowMillis)) return this.refuse("too_many_connections", nowMillis)
    this.taken++
    return { acceptedAtMillis: nowMillis, address, refusal: undefined }
  }

  /** The reason in place of a seat; `undefined` if too many are being told a reason already. */
  refuse(refusal: Refusal, nowMillis: number): Seat | undefined {
    this.refused[refusal]++
    if (this.told >= toldMax) return undefined
    this.told++
    return { acceptedAtMillis: nowMillis, address: "", refusal }
  }

  /** Must be called once for each result of `admit` and `refuse`. */
  giveBack({ address, refusal }: Seat): void {
    if (refusal !== undefined) {
      this.told--
      return
    }
    this.taken--
    this.addresses.leave(address)
  }

  /** Forgets addresses that need not be remembered any more. */
  prune(nowMillis: number): void {
    this.addresses.prune(nowMillis)
  }
}
