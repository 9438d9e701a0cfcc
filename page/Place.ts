/** A message of somebody, with its number where the server numbers messages. */
export interface Said {
  readonly kind: "said"
  readonly username: string
  readonly content: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly epoch: string
  readonly seq: number | undefined
}

/** A message of one's own on its way: unanswered, or refused with a reason. */
export interface Sending {
  readonly kind: "sending"
  readonly content: string
  readonly at: number
  readonly cid: string
  /** True once it was written to a connection: it may have been said then. */
  wasWritten: boolean
  /** The code and the words of the refusal. */
  refusal: { readonly code: string; readonly message: string; readonly retryAfterMs?: number } | undefined
}

/** Who came and went, one after the other. */
export interface Moves {
  readonly kind: "moves"
  readonly at: number
  readonly moves: ReadonlyArray<{ readonly username: string; readonly joined: boolean }>
}

/** Something worth knowing between messages. */
export interface Note {
  readonly kind: "note"
  readonly at: number
  readonly note: "expired" | "epoch" | "unseen"
  readonly count: number
}

export type Item = Said | Sending | Moves | Note

/** The most items, and characters of contents, that are kept of one place. */
const itemsMax = 10_000
const charactersMax = 4_000_000
/** The most names in one line of who came and went. */
const movesMax = 8

export type PlaceKind = "lobby" | "room" | "direct"

/** Where things are said: the lobby, a room, or between two people. */
export class Place {
  readonly kind: PlaceKind
  readonly name: string
  /** What was said, oldest first. */
  items: Array<Item> = []
  /** What is on its way: behind all that was said. */
  sendings: Array<Sending> = []
  /** Who is there; nobody knows before the first list. */
  users: Set<string> | undefined
  unread = 0
  draft = ""
  /** False of a room that was left, or lost. */
  isJoined = true
  /** True while older messages are asked for. */
  isLoading = false
  /** True once the oldest message that the server keeps is here. */
  isWhole = false
  private characters = 0

  constructor(kind: PlaceKind, name: string) {
    this.kind = kind
    this.name = name
  }

  get key(): string {
    return keyOf(this.kind, this.name)
  }

  /** The fields of a request about this place. */
  get target(): { readonly room?: string; readonly to?: string } {
    if (this.kind === "lobby") return {}
    return this.kind === "room" ? { room: this.name } : { to: this.name }
  }

  /** Takes a message where its number stands; false if it is here already. */
  take(said: Said): boolean {
    const { items } = this
    let at = items.length
    if (said.seq !== undefined)
      for (let index = items.length - 1; index >= 0; index--) {
        const item = items[index]!
        if (item.kind !== "said" || item.seq === undefined) continue
        if (item.seq === said.seq && item.epoch === said.epoch) return false
        if (item.seq < said.seq || item.epoch !== said.epoch) break
        at = index
      }
    items.splice(at, 0, said)
    this.characters += said.content.length
    this.trim()
    return true
  }

  /** Takes a page of history; `first` is the number of the oldest message that there is. */
  takePage(messages: ReadonlyArray<Said>, epoch: string, first: number): void {
    const oldest = this.oldest(epoch) ?? Infinity
    const earlier = messages.filter(({ seq }) => seq! < oldest)
    const begin = this.items.findIndex((item) => item.kind === "said" && item.epoch === epoch)
    this.items.splice(begin < 0 ? this.items.length : begin, 0, ...earlier)
    for (const { content } of earlier) this.characters += content.length
    for (const said of messages) if (said.seq! >= oldest) this.take(said)
    this.isWhole = messages.length === 0 || messages[0]!.seq! <= first
  }

  /** The number of the oldest message here that counts in an epoch. */
  oldest(epoch: string): number | undefined {
    const first = this.items.find((item) => item.kind === "said" && item.epoch === epoch)
    return first?.kind === "said" ? first.seq : undefined
  }

  /** Notes who came or went. */
  move(username: string, joined: boolean): void {
    if (joined) this.users?.add(username)
    else this.users?.delete(username)
    const last = this.items.at(-1)
    const moves = last?.kind === "moves" ? last.moves : []
    if (last?.kind === "moves" && moves.length < movesMax) this.items.pop()
    const kept = moves.length < movesMax ? moves : []
    this.push({ kind: "moves", at: Date.now(), moves: [...kept, { username, joined }] })
  }

  /** Adds something that has no number. */
  push(item: Moves | Note): void {
    this.items.push(item)
    this.trim()
  }

  /** Forgets what was here, of a room that is joined anew. */
  clear(): void {
    this.items = []
    this.characters = 0
    this.isWhole = false
    this.isLoading = false
  }

  private trim(): void {
    if (this.items.length <= itemsMax && this.characters <= charactersMax) return
    let characters = this.characters
    let gone = 0
    while (this.items.length - gone > itemsMax * 0.9 || characters > charactersMax * 0.9) {
      const item = this.items[gone++]
      if (item === undefined) break
      if (item.kind === "said") characters -= item.content.length
    }
    this.items.splice(0, gone)
    this.characters = characters
    this.isWhole = false
  }
}

export const keyOf = (kind: PlaceKind, name: string): string =>
  kind === "lobby" ? "" : `${kind === "room" ? "#" : "@"}${name}`
