import { bytesOf, type Said } from "./Ring.ts"

/** All messages that are kept, in rooms and inboxes, in the order in which they were said. */
export class Archive {
  oldest: Said | undefined = undefined
  newest: Said | undefined = undefined
  bytes = 0

  add(said: Said): void {
    said.place?.add(said)
    this.bytes += bytesOf(said)
    said.older = this.newest
    if (this.newest === undefined) this.oldest = said
    else this.newest.newer = said
    this.newest = said
  }

  remove(said: Said): void {
    said.place?.remove(said)
    this.bytes -= bytesOf(said)
    const { newer, older } = said
    if (older === undefined) this.oldest = newer
    else older.newer = newer
    if (newer === undefined) this.newest = older
    else newer.older = older
    said.older = undefined
    said.newer = undefined
  }
}
