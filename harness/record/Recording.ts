import { Frames, malformed, tooLarge } from "../../src/wire/Frames.ts"
import { concealTokens, withoutTokens } from "../Format.ts"
import type { Json } from "../language/Json.ts"
import type { ChatSession } from "../stage/ChatSession.ts"
import { hasField, type PendingRequest, PendingRequests } from "../stage/PendingRequests.ts"
import type { End } from "../stage/WireEvent.ts"
import { fileBytesMax } from "../scenario/Files.ts"

/** Something that a client did, or that came to it, on the connection of this number. */
export type Fact = { readonly connection: number } & (
  | Asked
  | (Said & { readonly _tag: "Delivered" })
  /** The client ended it. */
  | { readonly _tag: "Left"; readonly how: End }
  /** The server ended it. */
  | { readonly _tag: "Ended" }
)

/** A message, and where it was said: in a room, or to one person. */
export interface Said {
  readonly username: string
  readonly content: string
  readonly room?: string
  readonly to?: string
}

/** A request, with its reply once that has come. */
export interface Asked {
  readonly _tag: "Asked"
  readonly value: Json
  /** Its JSON text as it was sent. */
  readonly text: string
  /** The room or the person that it is about, where its client may name one. */
  readonly room?: string
  readonly to?: string
  reply: Json | undefined
}

/** All that a recording may hold: what goes beyond it ends the recording. */
export const recordingLimits = {
  /** Connections, one after the other or at the same time. */
  connectionsMax: 100,
  /** Requests, deliveries and ends. */
  factsMax: 2_000,
  /** Bytes of the file. */
  bytesMax: fileBytesMax
} as const

/** What clients did and what came of it, in the order in which it passed. */
export class Recording {
  readonly facts: Array<Fact> = []
  /** The sessions that nobody has logged out of, by their tokens, which are shown nowhere. */
  readonly sessions = new Map<string, Pick<ChatSession, "features" | "token" | "username">>()
  /** Pieces that were no JSON, which no sentence tells. */
  unreadable = 0
  /** The limit that it has reached: nothing more is noted. */
  full: string | undefined
  private readonly onFull: () => void
  private connections = 0
  private bytes = 0

  constructor(onFull: () => void = () => {}) {
    this.onFull = onFull
  }

  /** Follows one more connection. */
  follow(): Following {
    this.connections++
    const { connectionsMax } = recordingLimits
    if (this.connections > connectionsMax) this.stop(`it has ${connectionsMax} connections`)
    return new Following(this.connections, this)
  }

  /** Notes a fact that takes about so many bytes of the file. */
  note(fact: Fact, bytes = 0): void {
    const { bytesMax, factsMax } = recordingLimits
    this.bytes += bytes + sentenceBytes
    if (this.bytes > bytesMax) this.stop(`a scenario file holds no more than ${bytesMax} bytes`)
    if (this.facts.length >= factsMax) this.stop(`it has ${factsMax} requests, deliveries and ends`)
    if (this.full === undefined) this.facts.push(fact)
  }

  /** Ends the recording: what was noted before is all of it. */
  stop(why: string): void {
    if (this.full !== undefined) return
    this.full = why
    this.onFull()
  }
}

/** One connection of a recording, followed byte by byte in both directions. */
export class Following {
  private readonly connection: number
  private readonly recording: Recording
  private readonly up = new Frames(recordingLimits.bytesMax)
  private readonly down = new Frames(recordingLimits.bytesMax)
  private readonly requests = new PendingRequests()
  private readonly unanswered = new Map<PendingRequest, Asked>()
  private isOver = false
  private session = ""

  constructor(connection: number, recording: Recording) {
    this.connection = connection
    this.recording = recording
  }

  /** Takes bytes from the client. */
  sent(bytes: Buffer): void {
    for (const text of this.textsIn(this.up, bytes)) {
      if (text === malformed) this.requests.sent(garbage)
      else this.ask(text)
    }
  }

  /** Takes bytes from the server. */
  received(bytes: Buffer): void {
    for (const text of this.textsIn(this.down, bytes))
      if (text !== malformed) this.hear(JSON.parse(text) as Json)
  }

  /** The client ended it. */
  left(how: End): void {
    this.end({ _tag: "Left", how })
  }

  /** The server ended it. */
  ended(): void {
    this.end({ _tag: "Ended" })
  }

  private ask(text: string): void {
    if (this.isOver) return
    const [request] = this.requests.sent(Buffer.from(`${text}\n`))
    const { room, to } = request!
    const shown = concealTokens(text)
    const value = JSON.parse(shown) as Json
    const asked: Asked = { _tag: "Asked", value, text: shown, ...placed({ room, to }), reply: undefined }
    this.unanswered.set(request!, asked)
    this.recording.note(Object.assign(asked, { connection: this.connection }), writtenBytes(text))
  }

  /** A client that has closed its side may still read the replies to what it sent, but nobody delivers to it any more. */
  private hear(value: Json): void {
    if (hasField(value, "status", () => true)) {
      const answer = this.requests.answered(value)
      const asked = answer && this.unanswered.get(answer.request)
      if (asked === undefined) return
      this.unanswered.delete(answer!.request)
      if (answer!.granted) this.followSession(answer!.request, value)
      asked.reply = JSON.parse(JSON.stringify(value, withoutTokens)) as Json
    } else if (!this.isOver && isMessage(value) && !this.requests.isOwn(value as Json)) {
      const { content, username } = value
      const place = this.requests.features.size === 0 ? {} : placed(value)
      const fact = { _tag: "Delivered", connection: this.connection, username, content, ...place } as const
      this.recording.note(fact, writtenBytes(JSON.stringify(value)))
    }
  }

  private followSession({ features = [], type, username }: PendingRequest, reply: Json): void {
    const { session } = reply as { readonly session?: Json }
    if (type === "logout") this.recording.sessions.delete(this.session)
    if (type !== "login" || typeof session !== "string" || username === undefined) return
    this.session = session
    this.recording.sessions.set(session, { features, token: session, username })
  }

  private end(how: { readonly _tag: "Left"; readonly how: End } | { readonly _tag: "Ended" }): void {
    if (this.isOver) return
    this.isOver = true
    this.recording.note({ ...how, connection: this.connection })
  }

  private *textsIn(frames: Frames, bytes: Buffer): Generator<string | typeof malformed> {
    if (this.recording.full !== undefined) return
    frames.push(bytes)
    for (let frame = frames.next(); frame !== undefined; frame = frames.next()) {
      if (frame === tooLarge)
        return this.recording.stop(`an object is longer than ${recordingLimits.bytesMax} bytes`)
      if (frame === malformed) this.recording.unreadable++
      yield frame
    }
  }
}

/** Stands for bytes that are no JSON: the server may answer them, and that answer is to nothing else. */
const garbage = Buffer.from("?\n")

/** Bytes of a step besides what it quotes: the names in it, and the steps that come with it. */
const sentenceBytes = 60

/** Bytes of a text in a string of the file. */
const writtenBytes = (text: string): number => Buffer.byteLength(JSON.stringify(text))

/** The fields of a message that say where it was said. */
const placed = ({ room, to }: { readonly room?: unknown; readonly to?: unknown }) => {
  if (typeof to === "string") return { to }
  return typeof room === "string" ? { room } : {}
}

const isMessage = (value: Json): value is Said & { readonly [key: string]: Json } =>
  hasField(value, "type", (type) => type === "message") &&
  hasField(value, "username", (username) => typeof username === "string") &&
  hasField(value, "content", (content) => typeof content === "string")
