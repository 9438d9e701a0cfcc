import { h, setText } from "./Dom.ts"
import type { Place } from "./Place.ts"
import { reasonText, type Texts } from "./Texts.ts"

/** Where one writes: Enter sends, Shift and Enter begin a new line. What is not sent yet is kept for each place. */
export class Composer {
  readonly element: HTMLElement
  private readonly input: HTMLTextAreaElement
  private readonly label: HTMLElement
  private readonly trouble: HTMLElement
  private readonly texts: Texts
  private readonly say: (place: Place, content: string) => string | undefined
  private place: Place | undefined

  constructor(texts: Texts, say: (place: Place, content: string) => string | undefined) {
    this.texts = texts
    this.say = say
    this.label = h("label", { class: "hidden", for: "message" })
    this.trouble = h("p", { class: "trouble", role: "alert" })
    this.input = h("textarea", {
      id: "message",
      rows: 1,
      dir: "auto",
      enterkeyhint: "send",
      oninput: () => this.written(),
      onkeydown: (event: KeyboardEvent) => this.typed(event)
    })
    const submitted = (event: Event) => {
      event.preventDefault()
      this.submit()
    }
    this.element = h(
      "form",
      { class: "composer", onsubmit: submitted },
      this.trouble,
      this.label,
      this.input,
      h("button", { type: "submit", class: "primary" }, texts.send)
    )
  }

  /** Goes to a place, with what was written there before. */
  show(place: Place, name: string): void {
    const text = this.texts.messageTo(name)
    setText(this.label, text)
    this.input.placeholder = text
    this.element.hidden = !place.isJoined
    if (this.place === place) return
    this.place = place
    this.input.value = place.draft
    setText(this.trouble, "")
    this.fit()
  }

  focus(): void {
    this.input.focus()
  }

  private typed(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return
    event.preventDefault()
    this.submit()
  }

  private written(): void {
    if (this.place !== undefined) this.place.draft = this.input.value
    setText(this.trouble, "")
    this.fit()
  }

  private submit(): void {
    const content = this.input.value
    if (this.place === undefined || content.trim() === "") return
    const trouble = this.say(this.place, content)
    if (trouble === undefined) {
      this.input.value = ""
      this.written()
    } else
      setText(
        this.trouble,
        trouble === "too_many" ? this.texts.too_many : reasonText(this.texts, { code: trouble })
      )
    this.focus()
  }

  /** As high as what is in it; the style sheet sets a bound. */
  private fit(): void {
    this.input.style.height = "auto"
    this.input.style.height = `${this.input.scrollHeight + 2}px`
  }
}
