import { crc32 } from "node:zlib"

/** What one polite client said between a login and its end. */
interface Life {
  sent: number
  /** The first so many were acked: these must reach everyone. */
  acked: number
}

/** One polite client as the others may know it: what it said so far, and whether it is there. */
export class Speaker {
  readonly name: string
  readonly lives: Array<Life> = []
  /** Whether its name is on the list; `unknown` while it comes and goes. */
  presence: "in" | "out" | "unknown" = "out"
  /** How often that changed. */
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
