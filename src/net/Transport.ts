import type { Address } from "./Address.ts"
import type { Ends } from "./TcpTable.ts"

/** Takes the events of a transport; `onClose` comes once, last, and always. */
export interface TransportOwner {
  onData(bytes: Buffer): void
  /** So little waits again that `needsDrain` has become false. */
  onDrain(): void
  /** So many bytes need not be kept for the peer any more, of those that `write` said it kept. */
  onFreed(bytes: number): void
  /** The peer sends nothing more. */
  onEnd(): void
  onClose(): void
}

/** Carries bytes to and from one peer, in order; each direction ends on its own. */
export interface Transport {
  /** The other end; its host is `?` if it left before anybody asked. */
  readonly peer: Address
  /** The ends of the TCP connection below. */
  readonly ends: Ends
  /** Bytes received. */
  readonly bytesIn: number
  /** Bytes sent, without those that wait. */
  readonly bytesOut: number
  /** Bytes that the system has taken so far, to be compared with earlier ones only: of a long write, a part may show. */
  readonly takenBytes: number
  /** Bytes that were written and the system has not taken yet. */
  readonly waitingBytes: number
  /** True while so much waits that the next write should wait for `onDrain`. */
  readonly needsDrain: boolean
  /** Sends all events to this owner from now on. */
  open(owner: TransportOwner): void
  /**
   * Writes, and gives the memory that is kept for this peer alone until the system has taken all of it: a fixed amount
   * for a write that waits, and `ownBytes` of it that nobody else waits for.
   */
  write(bytes: Buffer, ownBytes?: number): number
  /** Writes parts that leave together, and gives the same; where they are the peer's own nobody else waits for them. */
  writeTogether(parts: ReadonlyArray<Buffer>, areOwn: boolean): number
  /** Sends what means nothing to the peer's program, if nothing waits: so that it shows whether the peer is gone. */
  probe(): void
  /** Stops `onData` until `resume`; in time the peer has to stop as well. */
  pause(): void
  resume(): void
  /** Sends what waits, then ends this side; nothing may be written after it. */
  end(): void
  /** Ends both sides at once: quietly if everything is sent, otherwise so that the peer notices. */
  abort(): void
  /** Aborts as soon as no byte has moved either way for this long. */
  abortWhenIdle(millis: number): void
}

/** Memory for a write that waits, without its bytes. */
export const waitingWriteBytes = 256
