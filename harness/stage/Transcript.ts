import type { Json } from "../language/Json.ts"
import { show, withoutTokens } from "../Format.ts"
import type { PlayTexts } from "../texts/Play.ts"
import { caption } from "./Caption.ts"
import { hasField } from "./PendingRequests.ts"
import type { WireEvent } from "./WireEvent.ts"

/** Something that happened to one actor, and its time on the clock of the stage. */
export interface Happening {
  readonly atMillis: number
  /** Empty for what concerns them all. */
  readonly actor: string
  readonly kind: "connected" | "sent" | "received" | "ended" | "left" | "note"
  readonly text: string
  /** The value that came in. */
  readonly value?: Json
  /** The same in a few words, for a line of many: `login alice`. */
  readonly caption: string
  /** The same in a word: `login`. */
  readonly label: string
  /** The line of the step that did it; absent for what came from the server. */
  readonly line?: number
}

/** The sign between an actor and what happened to it. */
export const arrows: Record<Happening["kind"], string> = {
  connected: "·",
  sent: "→",
  received: "←",
  ended: "×",
  left: "·",
  note: "·"
}

/** The exchange of one scenario, in order, without what the harness asks for itself; the middle of a long one is dropped. */
export class Transcript {
  readonly happenings: Array<Happening> = []
  private readonly texts: PlayTexts
  /** Told of everything as it happens. */
  onHappening: (happening: Happening) => void = () => undefined

  constructor(texts: PlayTexts) {
    this.texts = texts
  }

  add(happening: Happening): void {
    if (this.happenings.length >= happeningsMax) this.happenings.splice(happeningsMax / 2, 1)
    this.happenings.push(happening)
    this.onHappening(happening)
  }

  /** Adds what came from the server; what actors do is added by the steps that do it, with their lines. */
  follow(event: WireEvent): void {
    const { actor, atMillis } = event
    if (event._tag === "Received") {
      const { lane } = event.incoming
      const value = withoutToken(event.incoming.value)
      const text = show(value, textCharactersMax)
      this.add({ atMillis, actor, kind: "received", text, value, caption: caption(value), label: lane })
    }
    if (event._tag === "Echoed") {
      const { value } = event
      const text = show(value, textCharactersMax)
      this.add({ atMillis, actor, kind: "received", text, value, caption: caption(value), label: "event" })
    }
    if (event._tag === "Ended") {
      const text = event.by === "reset" ? this.texts.serverResets : this.texts.serverCloses
      this.add({ atMillis, actor, kind: "ended", text, caption: text, label: "end" })
    }
  }
}

/** The reply to a login without the token of its session. */
const withoutToken = (value: Json): Json =>
  hasField(value, "session", () => true) ? (JSON.parse(JSON.stringify(value, withoutTokens)) as Json) : value

const textCharactersMax = 500

const happeningsMax = 2_000
