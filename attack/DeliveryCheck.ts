import { placeOf, type Speaker } from "./Speaker.ts"

/** The last message that must have been delivered. */
export interface Mark {
  readonly life: number
  readonly acked: number
}

/** The last message of a speaker that is acked now. */
export const markOf = ({ lives }: Speaker): Mark => ({
  life: lives.length - 1,
  acked: lives.at(-1)?.acked ?? 0
})

/**
 * Checks what one client receives of another, from its own login on: each message once, in order, none missing but
 * those that were never acked because the speaker was cut off (MSG-1, MSG-4).
 */
export class DeliveryCheck {
  private readonly speaker: Speaker
  private life: number
  /** The place of the next message; until one came, that of the first that was sent after the login. */
  private next: number
  /** Earlier ones may still come: they were under way at the login. */
  private isLate = true

  constructor(speaker: Speaker) {
    this.speaker = speaker
    this.life = Math.max(0, speaker.lives.length - 1)
    this.next = speaker.lives.at(-1)?.sent ?? 0
  }

  /** Takes a message; gives what should have come instead, or `undefined` when it is right. */
  hear(content: string): string | undefined {
    const { name, lives } = this.speaker
    const said = placeOf(content)
    if (said === undefined) return `a message that ${name} sent`
    if (said.life === this.life) {
      const isNext = this.isLate ? said.place <= this.next : said.place === this.next
      if (!isNext) return this.due
    } else {
      const lost = this.missing({ life: said.life, acked: 0 })
      if (said.life < this.life || lost !== undefined || said.place !== 0) return lost ?? this.due
    }
    if (said.place >= (lives[said.life]?.sent ?? 0)) return `a message that ${name} sent`
    this.life = said.life
    this.next = said.place + 1
    this.isLate = false
    return undefined
  }

  /** Gives the first message before the mark that did not come, or `undefined` when all did. */
  missing(mark: Mark): string | undefined {
    for (let life = this.life; life <= mark.life; life++) {
      const acked = life === mark.life ? mark.acked : (this.speaker.lives[life]?.acked ?? 0)
      const next = life === this.life ? this.next : 0
      if (next < acked) return describe(this.speaker.name, life, next)
    }
    return undefined
  }

  private get due(): string {
    return describe(this.speaker.name, this.life, this.next)
  }
}

const describe = (name: string, life: number, place: number): string =>
  `message ${place} of ${name}${life === 0 ? "" : `, ${life + 1}th login`}`
