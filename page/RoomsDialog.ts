import type { RoomEntry } from "../src/Protocol.ts"
import { h, setText } from "./Dom.ts"
import type { Texts } from "./Texts.ts"

/** All rooms of the server, and a field for a new one. */
export class RoomsDialog {
  readonly element: HTMLDialogElement
  private readonly list: HTMLElement
  private readonly input: HTMLInputElement
  private readonly trouble: HTMLElement
  private readonly texts: Texts
  private readonly join: (room: string) => void
  private shown: ReadonlyArray<RoomEntry> | undefined

  constructor(texts: Texts, join: (room: string) => void) {
    this.texts = texts
    this.join = join
    this.list = h("ul", {})
    this.trouble = h("p", { class: "trouble", role: "alert" })
    this.input = h("input", { id: "room", autocomplete: "off", autocapitalize: "none", required: true })
    const submitted = (event: Event) => {
      event.preventDefault()
      setText(this.trouble, "")
      join(this.input.value.trim())
    }
    this.element = h(
      "dialog",
      { "aria-labelledby": "all-rooms" },
      h(
        "div",
        { class: "bar" },
        h("h2", { id: "all-rooms" }, texts.allRooms),
        h(
          "button",
          { type: "button", class: "icon", "aria-label": texts.close, onclick: () => this.close() },
          "×"
        )
      ),
      h(
        "form",
        { onsubmit: submitted },
        h("label", { for: "room" }, texts.newRoom),
        h("div", { class: "row" }, this.input, h("button", { type: "submit", class: "primary" }, texts.join)),
        this.trouble
      ),
      this.list
    )
  }

  get isOpen(): boolean {
    return this.element.open
  }

  open(): void {
    this.input.value = ""
    setText(this.trouble, "")
    if (!this.element.open) this.element.showModal()
    this.input.focus()
  }

  close(): void {
    this.element.close()
  }

  /** Tells why a room was not joined. */
  refuse(reason: string): void {
    setText(this.trouble, reason)
  }

  show(rooms: ReadonlyArray<RoomEntry> | undefined): void {
    if (rooms === undefined || rooms === this.shown) return
    this.shown = rooms
    const { texts } = this
    if (rooms.length === 0) return this.list.replaceChildren(h("li", { class: "dim" }, texts.noRooms))
    this.list.replaceChildren(
      ...rooms.map(({ joined, room, users }) =>
        h(
          "li",
          {},
          h(
            "button",
            { type: "button", class: "place", onclick: () => this.join(room) },
            h("span", { class: "sign", "aria-hidden": "true" }, "#"),
            h("bdi", {}, room),
            h("span", { class: "dim" }, `${texts.here(users)}${joined ? ` · ${texts.you}` : ""}`)
          )
        )
      )
    )
  }
}
