import type { Chat } from "./Chat.ts"
import { arrange, h, Keyed, setText } from "./Dom.ts"
import type { Texts } from "./Texts.ts"

/** The most names that are in the document. */
const namesMax = 200

/** Who is in the place that is looked at. */
export class People {
  readonly element: HTMLElement
  private readonly heading: HTMLElement
  private readonly list: HTMLElement
  private readonly more: HTMLElement
  private readonly items = new Keyed<HTMLLIElement>()
  private readonly chat: Chat
  private readonly texts: Texts
  private readonly write: (username: string) => void
  private canWrite = false

  constructor(texts: Texts, chat: Chat, write: (username: string) => void, back: () => void) {
    this.texts = texts
    this.chat = chat
    this.write = write
    this.heading = h("h2", { tabindex: -1 }, texts.people)
    this.list = h("ul", {})
    this.more = h("p", { class: "dim" })
    this.element = h(
      "section",
      { class: "people", "aria-label": texts.people },
      h(
        "div",
        { class: "bar" },
        h("button", { type: "button", class: "icon narrow", "aria-label": texts.back, onclick: back }, "←"),
        this.heading
      ),
      this.list,
      this.more
    )
  }

  show(): void {
    const { chat, texts } = this
    const names = this.names()
    if (this.canWrite !== chat.has("direct")) {
      this.canWrite = chat.has("direct")
      this.items.of([], () => h("li"))
    }
    const shown = names.slice(0, namesMax)
    arrange(
      this.list,
      this.items.of(shown, (name) => this.item(name))
    )
    setText(this.heading, texts.here(names.length))
    setText(this.more, names.length > shown.length ? texts.more(names.length - shown.length) : "")
  }

  focus(): void {
    this.heading.focus()
  }

  private names(): ReadonlyArray<string> {
    const { current, session } = this.chat
    return current.kind === "direct" ? [current.name, session.username] : [...(current.users ?? [])]
  }

  private item(name: string): HTMLLIElement {
    const isOwn = name === this.chat.session.username
    if (isOwn || !this.canWrite)
      return h(
        "li",
        { class: "person" },
        h("bdi", {}, name),
        isOwn && h("span", { class: "dim" }, `(${this.texts.you})`)
      )
    const title = this.texts.writeTo(name)
    return h(
      "li",
      {},
      h(
        "button",
        { type: "button", class: "person", title, onclick: () => this.write(name) },
        h("bdi", {}, name)
      )
    )
  }
}
