import type { Chat } from "./Chat.ts"
import { arrange, h, Keyed, setAttribute, setText } from "./Dom.ts"
import type { Place } from "./Place.ts"
import { countText, type Texts } from "./Texts.ts"

/** The places where one is: the lobby, rooms, and people one talks to; with what is unread there. */
export class Sidebar {
  readonly element: HTMLElement
  private readonly rooms: HTMLElement
  private readonly direct: HTMLElement
  private readonly directPart: HTMLElement
  private readonly allRooms: HTMLButtonElement
  private readonly buttons = new Keyed<HTMLLIElement>()
  private readonly chat: Chat
  private readonly texts: Texts
  private readonly go: (place: Place) => void

  constructor(
    texts: Texts,
    chat: Chat,
    actions: {
      readonly go: (place: Place) => void
      readonly showRooms: () => void
      readonly speakOther: () => void
      readonly quit: () => void
    }
  ) {
    this.texts = texts
    this.chat = chat
    this.go = actions.go
    this.rooms = h("ul", { "aria-labelledby": "rooms-heading" })
    this.direct = h("ul", { "aria-labelledby": "direct-heading" })
    this.directPart = h("section", {}, h("h2", { id: "direct-heading" }, texts.direct), this.direct)
    this.allRooms = h(
      "button",
      { type: "button", class: "plain wide", onclick: actions.showRooms },
      `+ ${texts.allRooms}`
    )
    const nav = h(
      "nav",
      { "aria-label": texts.places },
      h("section", {}, h("h2", { id: "rooms-heading" }, texts.rooms), this.rooms, this.allRooms),
      this.directPart
    )
    const { username } = chat.session
    this.element = h(
      "div",
      { class: "sidebar" },
      h("p", { class: "brand" }, texts.title),
      nav,
      h(
        "div",
        { class: "account" },
        h("p", {}, h("bdi", {}, username), h("span", { class: "dim" }, ` (${texts.you})`)),
        h(
          "button",
          {
            type: "button",
            class: "plain",
            onclick: actions.speakOther,
            lang: texts.other === "English" ? "en" : "fr"
          },
          texts.other
        ),
        h("button", { type: "button", class: "plain", onclick: actions.quit }, texts.quit)
      )
    )
  }

  show(): void {
    const { chat } = this
    const places = [...chat.places.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1))
    const keys = places.map(({ key }) => key)
    const items = this.buttons.of(keys, (key) => this.item(chat.places.get(key)!))
    const of = (isDirect: boolean) =>
      items.filter((_, index) => (places[index]!.kind === "direct") === isDirect)
    arrange(this.rooms, of(false))
    arrange(this.direct, of(true))
    this.directPart.hidden = of(true).length === 0
    this.allRooms.hidden = !chat.has("rooms")
    for (const [index, item] of items.entries()) this.mark(item, places[index]!)
  }

  private item(place: Place): HTMLLIElement {
    const { kind, key, name } = place
    const sign = kind === "direct" ? "@" : "#"
    return h(
      "li",
      {},
      h(
        "button",
        {
          type: "button",
          class: "place",
          onclick: () => {
            const current = this.chat.places.get(key)
            if (current !== undefined) this.go(current)
          }
        },
        h("span", { class: "sign", "aria-hidden": "true" }, sign),
        h("bdi", {}, kind === "lobby" ? this.texts.lobby : name),
        h("span", { class: "unread" })
      )
    )
  }

  private mark(item: HTMLLIElement, place: Place): void {
    const button = item.firstElementChild!
    const unread = button.lastElementChild!
    setAttribute(button, "aria-current", place === this.chat.current && "page")
    setText(unread, place.unread === 0 ? "" : countText(place.unread))
    setAttribute(unread, "aria-label", place.unread > 0 && this.texts.unread(place.unread))
    setAttribute(unread, "role", place.unread > 0 && "img")
    unread.toggleAttribute("hidden", place.unread === 0)
  }
}
