import { crc32 } from "node:zlib"

/** The messages of a conforming client between a login and its end. */
interface Life {
  sent: number
  /** The first so many were acked: these must reach everyone. */
  acked: number
}

/** A conforming client as the others may know it: its messages so far, and its presence. */
export class Speaker {
  readonly name: string
  readonly lives: Array<Life> = []
  /** `in` while its name must be on the list; `unknown` while it logs in or leaves. */
  presence: "in" | "out" | "unknown" = "out"
  /** Changes of its presence so far. */
  moves = 0

  constructor(name: string) {
    this.name = name
  }

  move(presence: Speaker["presence"]): void {
    this.presence = presence
    this.moves++
    if (presence === "in") this.lives.push({ sent: 0, acked: 0 })
  }

  get life(): Life {
    return this.lives.at(-1)!
  }

  /** The content of its next message: it tells its place and the sum of the text, so that a change shows. */
  say(text: string): string {
    return `${this.lives.length - 1} ${this.life.sent++} ${crc32(text)} ${text}`
  }

  ack(): void {
    this.life.acked++
  }
}

/** The life and the place in it that a content tells, or `undefined` when it is not as it was said. */
export const placeOf = (content: string): { readonly life: number; readonly place: number } | undefined => {
  const [, life, place, sum, text] = /^(\d+) (\d+) (\d+) ([^]*)$/.exec(content) ?? []
  return text !== undefined && crc32(text) === Number(sum)
    ? { life: Number(life), place: Number(place) }
    : undefined
}
