import { AddressLimits, type AddressRules } from "./AddressLimits.ts"

/** Why there is no seat, in the words of the protocol. */
export type Refusal = "server_full" | "too_many_connections" | "shutting_down"

/** Newcomers that are being told why there is no seat; further ones are reset without a word. */
const toldMax = 16

/** How many may connect. */
export interface AdmissionRules extends AddressRules {
  readonly clientsMax: number
}

/** A connection that TCP has and nobody has talked to yet. */
export interface Newcomer {
  /** Asking for it costs a system call. */
  readonly remoteAddress?: string | undefined
}

/** A place at the table, from the moment TCP has the connection until it is closed. */
export interface Seat {
  readonly acceptedAtMillis: number
  /** Whom it is counted for, where that is limited. */
  readonly address: string
  /** Why it is none. */
  readonly refusal: Refusal | undefined
}

/** Counts who is connected, in all and by address, and says who may. */
export class Admission {
  readonly clientsMax: number
  /** Seats that are taken, from the moment TCP has a connection until it is closed. */
  taken = 0
  /** Newcomers that got no seat since the start, by reason. */
  readonly refused: Record<Refusal, number> = { server_full: 0, too_many_connections: 0, shutting_down: 0 }
  /** Those of them who are there still, and are told why. */
  private told = 0
  private readonly addresses: AddressLimits

  constructor(rules: AdmissionRules) {
    this.clientsMax = rules.clientsMax
    this.addresses = new AddressLimits(rules)
  }

  /** A seat for a newcomer, or one that is none and says why; nothing where too many are told why already. */
  admit(newcomer: Newcomer, nowMillis: number): Seat | undefined {
    if (this.taken >= this.clientsMax) return this.refuse("server_full", nowMillis)
    const address = this.addresses.isOff ? "" : (newcomer.remoteAddress ?? "")
    if (!this.addresses.admit(address, nowMillis)) return this.refuse("too_many_connections", nowMillis)
    this.taken++
    return { acceptedAtMillis: nowMillis, address, refusal: undefined }
  }

  /** A seat that is none; nothing where too many are told why already. */
  refuse(refusal: Refusal, nowMillis: number): Seat | undefined {
    this.refused[refusal]++
    if (this.told >= toldMax) return undefined
    this.told++
    return { acceptedAtMillis: nowMillis, address: "", refusal }
  }

  /** To be called once for each seat, also for one that is none. */
  giveBack({ address, refusal }: Seat): void {
    if (refusal !== undefined) {
      this.told--
      return
    }
    this.taken--
    this.addresses.leave(address)
  }

  /** Forgets what need not be remembered any more. */
  prune(nowMillis: number): void {
    this.addresses.prune(nowMillis)
  }
}
