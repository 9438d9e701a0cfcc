import type { Chat } from "./Chat.ts"
import { h, setAttribute, setText } from "./Dom.ts"
import { countText, type Texts } from "./Texts.ts"

/** Above the messages: where one is, the ways to other parts on a narrow screen, and the way out of a room. */
export class Header {
  readonly element: HTMLElement
  private readonly back: HTMLButtonElement
  private readonly unread: HTMLElement
  private readonly heading = h("h2", { class: "title", tabindex: -1 })
  private readonly people: HTMLButtonElement
  private readonly leave: HTMLButtonElement
  private readonly chat: Chat
  private readonly texts: Texts

  constructor(texts: Texts, chat: Chat, look: (part: "places" | "people") => void) {
    this.texts = texts
    this.chat = chat
    this.unread = h("span", { class: "unread" })
    this.back = h(
      "button",
      { type: "button", class: "icon narrow back", onclick: () => look("places") },
      h("span", {}, "←"),
      this.unread
    )
    this.people = h("button", { type: "button", class: "narrow plain", onclick: () => look("people") })
    const leave = () => chat.leaveRoom(chat.current)
    this.leave = h("button", { type: "button", class: "plain", onclick: leave })
    this.element = h("div", { class: "bar" }, this.back, this.heading, this.people, this.leave)
  }

  show(name: string): void {
    const { chat, leave, people, texts } = this
    const { kind, users } = chat.current
    setText(this.heading, name)
    setText(people, texts.here(users?.size ?? 0))
    people.hidden = kind === "direct"
    setText(leave, kind === "direct" ? texts.close : texts.leave)
    leave.title = kind === "direct" ? texts.closeDirect : texts.leaveRoom
    leave.hidden = kind === "lobby"
    const unread = chat.unreadBeside
    this.unread.hidden = unread === 0
    setText(this.unread, countText(unread))
    const label = unread === 0 ? texts.places : `${texts.places}, ${texts.unread(unread)}`
    setAttribute(this.back, "aria-label", label)
  }

  focus(): void {
    this.heading.focus()
  }
}
