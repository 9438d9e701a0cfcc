import { concealTokens } from "../Format.ts"
import type { Segment } from "../trace/Exchange.ts"
import { hasField } from "./PendingRequests.ts"
import type { WireEvent } from "./WireEvent.ts"

/**
 * The tokens of sessions that went over the wire. Whoever has one is that person (RESUME-2), so no report, picture or
 * file shows it: where a field `session` is shown, that is seen to there; here, wherever else it may stand.
 */
export class Secrets {
  private readonly tokens = new Set<string>()

  /** Takes note of the tokens in what goes over the wire. */
  follow(event: WireEvent): void {
    if (event._tag === "Asked") this.add(event.request.session)
    if (event._tag === "Received" && hasField(event.incoming.value, "session", () => true))
      this.add((event.incoming.value as { readonly session?: unknown }).session)
  }

  /** A text, such as a line of a server's log, with stars for each token. */
  conceal(text: string): string {
    let concealed = concealTokens(text)
    for (const token of this.tokens) concealed = concealed.replaceAll(token, "***")
    return concealed
  }

  /** Segments with a star for each byte of a token, however it was cut. */
  concealIn(segments: ReadonlyArray<Segment>): ReadonlyArray<Segment> {
    if (this.tokens.size === 0) return segments
    const copies = segments.map((segment) => ({ ...segment, bytes: Buffer.from(segment.bytes) }))
    const ways = Map.groupBy(copies, ({ actor, direction }) => `${direction} ${actor}`)
    for (const way of ways.values()) for (const token of this.tokens) blot(way, Buffer.from(token))
    return copies
  }

  private add(token: unknown): void {
    if (typeof token === "string" && token.length >= charactersMin) this.tokens.add(token)
  }
}

/** Shorter ones are not secret: no server can mean them, and they stand in other words. */
const charactersMin = 8

/** Puts stars over a token in the segments of one direction, also where it goes from one to the next, or only begins. */
const blot = (segments: ReadonlyArray<Segment>, token: Buffer): void => {
  const places = segments.flatMap(({ bytes }) => [...bytes.keys()].map((at) => ({ bytes, at })))
  const all = Buffer.concat(segments.map(({ bytes }) => bytes))
  const starAt = (from: number, length: number) => {
    for (const { at, bytes } of places.slice(from, from + length)) bytes[at] = star
  }
  for (let at = all.indexOf(token); at !== -1; at = all.indexOf(token, at + token.length))
    starAt(at, token.length)
  let end = 0
  for (const { bytes, length } of segments) {
    end += bytes.length
    if (bytes.length < length) starAt(end - begun(bytes, token), begun(bytes, token))
  }
}

/** The bytes at the end of what is kept of a segment that a token begins with. */
const begun = (bytes: Buffer, token: Buffer): number => {
  for (let length = Math.min(token.length - 1, bytes.length); length >= begunMin; length--)
    if (bytes.subarray(-length).equals(token.subarray(0, length))) return length
  return 0
}

const begunMin = 2
const star = "*".charCodeAt(0)
