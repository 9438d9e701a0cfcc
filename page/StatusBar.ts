import { h, setText } from "./Dom.ts"
import type { Reply } from "../src/Protocol.ts"
import type { Link } from "./Session.ts"
import { reasonText, type Texts } from "./Texts.ts"

/** What is wrong with the connection, and what is done about it; hidden while it is well. */
export class StatusBar {
  readonly element: HTMLElement
  private readonly reason: HTMLElement
  private readonly countdown: HTMLElement
  private readonly button: HTMLButtonElement
  private readonly texts: Texts
  private until = 0

  constructor(texts: Texts, connect: () => void) {
    this.texts = texts
    this.reason = h("span", { role: "status" })
    this.countdown = h("span", {}) // not a live region: it would be read out each second
    this.button = h("button", { type: "button", class: "small", onclick: connect })
    this.element = h("div", { class: "status" }, this.reason, this.countdown, this.button)
  }

  show(link: Link): void {
    const { texts } = this
    const isWell = link.state === "online"
    this.element.classList.toggle("well", isWell)
    this.button.hidden = isWell || link.state === "connecting"
    this.until = link.state === "waiting" ? link.until : 0
    setText(this.reason, "reason" in link ? this.whyNot(link.reason) : isWell ? "" : texts.connecting)
    setText(this.button, link.state === "stopped" ? texts.takeOver : texts.retryNow)
    this.tick()
  }

  /** Counts down; called once a second. */
  tick(): void {
    const seconds = Math.max(0, Math.ceil((this.until - Date.now()) / 1000))
    setText(this.countdown, this.until === 0 ? "" : this.texts.retryIn(seconds))
  }

  private whyNot(reason: Reply | undefined): string {
    return reason === undefined ? this.texts.unreachable : reasonText(this.texts, reason)
  }
}
