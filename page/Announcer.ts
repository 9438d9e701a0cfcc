import { h } from "./Dom.ts"
import type { Texts } from "./Texts.ts"

/** Time that announcements are collected, so that a crowd does not talk a screen reader to death. */
const collectMillis = 700

/** The most that are read out one by one, and that stand in the document. */
const announcementsMax = 3

/** Reads out what comes, to those who do not see it. */
export class Announcer {
  readonly element: HTMLElement
  private readonly texts: Texts
  private waiting: Array<string> = []
  private count = 0

  constructor(texts: Texts) {
    this.texts = texts
    this.element = h("div", {
      class: "hidden",
      role: "log",
      "aria-live": "polite",
      "aria-label": texts.latest
    })
  }

  announce(text: string): void {
    if (this.count++ === 0) setTimeout(() => this.flush(), collectMillis)
    if (this.waiting.length < announcementsMax) this.waiting.push(text)
  }

  private flush(): void {
    const { count, waiting } = this
    this.count = 0
    this.waiting = []
    const lines = count > announcementsMax ? [this.texts.newer(count)] : waiting
    this.element.append(...lines.map((line) => h("p", {}, line)))
    while (this.element.childElementCount > announcementsMax) this.element.firstElementChild!.remove()
  }
}
