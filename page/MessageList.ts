import { arrange, h, setText } from "./Dom.ts"
import { looksOf, type Surroundings, viewOf } from "./MessageView.ts"
import type { Item } from "./Place.ts"

/** The most items that are in the document at once, and how far the window moves at its edges. */
const windowMax = 120
const stepItems = 40

/** Pixels from an edge at which there is more to be shown. */
const nearPixels = 400

/** Pixels from the end that still count as the end. */
const endPixels = 48

/** What the list shows at the moment. */
export interface Shelf {
  readonly key: string
  readonly items: ReadonlyArray<Item>
  readonly label: string
  /** What stands above the oldest item, once that is reached. */
  readonly beginning: string
}

/**
 * A list of any length, of which only a window is in the document. It stays at the end while one is there; otherwise
 * what one reads stays where it is, whatever comes above or below.
 */
export class MessageList {
  readonly element: HTMLElement
  private readonly list: HTMLElement
  private readonly scroller: HTMLElement
  private readonly beginning: HTMLElement
  private readonly toEnd: HTMLButtonElement
  private readonly around: Surroundings
  private readonly loadOlder: () => void
  private views = new Map<Item, { readonly looks: string; readonly view: HTMLElement }>()
  private shelf: Shelf = { key: "", items: [], label: "", beginning: "" }
  /** The first item of the window; none while the window is at the end. */
  private top: Item | undefined
  private isAtEnd = true
  /** The last item when one left the end: what comes after it is new. */
  private lastSeen: Item | undefined

  constructor(around: Surroundings, loadOlder: () => void) {
    this.around = around
    this.loadOlder = loadOlder
    this.beginning = h("p", { class: "beginning" })
    this.list = h("ol", { class: "messages" })
    this.scroller = h(
      "div",
      { class: "scroller", tabindex: 0, role: "region", onscroll: () => this.scrolled() },
      this.beginning,
      this.list
    )
    this.toEnd = h("button", { type: "button", class: "to-end", hidden: true, onclick: () => this.goToEnd() })
    this.element = h("div", { class: "conversation" }, this.scroller, this.toEnd)
    this.scroller.addEventListener("keydown", (event) => {
      if (event.key !== "End") return
      event.preventDefault()
      this.goToEnd()
    })
    new ResizeObserver(() => {
      if (this.isAtEnd) this.scroller.scrollTop = this.scroller.scrollHeight
    }).observe(this.scroller)
  }

  show(shelf: Shelf): void {
    if (shelf.key !== this.shelf.key) {
      this.views = new Map()
      this.isAtEnd = true
      this.top = undefined
    }
    this.shelf = shelf
    this.draw()
  }

  goToEnd(): void {
    this.isAtEnd = true
    this.top = undefined
    this.draw()
  }

  private get start(): number {
    const { items } = this.shelf
    const index = this.top === undefined ? -1 : items.indexOf(this.top)
    return index === -1 ? (this.isAtEnd ? Math.max(0, items.length - windowMax) : 0) : index
  }

  private draw(): void {
    const { scroller, shelf } = this
    const { items } = shelf
    const start = this.start
    const shown = items.slice(start, start + windowMax)
    const before = this.views
    this.views = new Map()
    const elements = shown.map((item, index) => {
      const previous = items[start + index - 1]
      const looks = looksOf(item, previous)
      const known = before.get(item)
      const kept = known?.looks === looks ? known : { looks, view: viewOf(item, previous, this.around) }
      kept.view.setAttribute("aria-setsize", String(items.length))
      kept.view.setAttribute("aria-posinset", String(start + index + 1))
      this.views.set(item, kept)
      return kept.view
    })
    const anchor = this.isAtEnd ? undefined : this.anchorAmong(new Set(elements))
    const anchorTop = anchor?.offsetTop ?? 0
    scroller.setAttribute("aria-label", shelf.label)
    setText(this.beginning, start === 0 ? shelf.beginning : "")
    arrange(this.list, elements)
    if (this.isAtEnd) scroller.scrollTop = scroller.scrollHeight
    else if (anchor !== undefined) scroller.scrollTop += anchor.offsetTop - anchorTop
    this.drawToEnd()
    if (scroller.scrollHeight <= scroller.clientHeight) this.loadOlder()
    if (!this.isAtEnd && start > 0 && scroller.scrollTop < nearPixels) this.moveTo(start - stepItems)
  }

  /** The first element in sight that stays. */
  private anchorAmong(staying: ReadonlySet<Element>): HTMLElement | undefined {
    const { scrollTop } = this.scroller
    return ([...this.list.children] as Array<HTMLElement>).find(
      (child) => staying.has(child) && child.offsetTop + child.offsetHeight > scrollTop
    )
  }

  private drawToEnd(): void {
    const { isAtEnd, shelf } = this
    this.toEnd.hidden = isAtEnd
    if (isAtEnd) {
      this.lastSeen = shelf.items.at(-1)
      return
    }
    const { texts } = this.around
    const seen = this.lastSeen === undefined ? -1 : shelf.items.lastIndexOf(this.lastSeen)
    const news = seen === -1 ? 0 : shelf.items.slice(seen + 1).filter(({ kind }) => kind === "said").length
    setText(this.toEnd, `↓ ${news === 0 ? texts.latest : texts.newer(news)}`)
  }

  private scrolled(): void {
    const { clientHeight, scrollHeight, scrollTop } = this.scroller
    const { items } = this.shelf
    const below = scrollHeight - scrollTop - clientHeight
    const start = this.start
    const isLastShown = start + windowMax >= items.length
    const wasAtEnd = this.isAtEnd
    this.isAtEnd = isLastShown && below < endPixels
    if (this.isAtEnd) {
      this.top = undefined
      if (!wasAtEnd) this.draw()
      return
    }
    this.top ??= items[start]
    if (scrollTop < nearPixels && start === 0) this.loadOlder()
    if (scrollTop < nearPixels && start > 0) this.moveTo(start - stepItems)
    else if (below < nearPixels && !isLastShown) this.moveTo(start + stepItems)
    else if (wasAtEnd) this.drawToEnd()
  }

  private moveTo(start: number): void {
    const { items } = this.shelf
    this.top = items[Math.max(0, Math.min(start, items.length - windowMax))]
    this.draw()
  }
}
