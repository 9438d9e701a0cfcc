import type { Peer } from "./Peer.ts"

/** Notes for readers of the figures, each said once with all the servers that it is true of. */
export class Notes {
  private readonly titles = new Map<string, Set<string>>()

  add(text: string, peer?: Peer): void {
    const titles = this.titles.get(text) ?? new Set()
    if (peer !== undefined) titles.add(peer.title)
    this.titles.set(text, titles)
  }

  get lines(): ReadonlyArray<string> {
    return Array.from(this.titles, ([text, titles]) =>
      titles.size === 0 ? `${capitalised(text)}.` : `${[...titles].join("; ")} – ${text}.`
    )
  }
}

/** A text with a large first letter. */
export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
