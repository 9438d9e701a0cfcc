import { h, setAttribute, setText } from "./Dom.ts"
import type { Texts } from "./Texts.ts"

/** The form in which one chooses a name. */
export class LoginForm {
  readonly element: HTMLElement
  private readonly input: HTMLInputElement
  private readonly button: HTMLButtonElement
  private readonly trouble: HTMLElement
  private readonly texts: Texts

  constructor(texts: Texts, username: string, enter: (username: string) => void, speakOther: () => void) {
    this.texts = texts
    this.input = h("input", {
      id: "name",
      name: "username",
      value: username,
      autocomplete: "nickname",
      autocapitalize: "none",
      spellcheck: "false",
      required: true,
      "aria-describedby": "trouble"
    })
    this.button = h("button", { type: "submit", class: "primary" }, texts.enter)
    this.trouble = h("p", { class: "trouble", id: "trouble", role: "alert" })
    const submitted = (event: Event) => {
      event.preventDefault()
      enter(this.input.value.trim())
    }
    this.element = h(
      "main",
      { class: "login" },
      h("h1", {}, texts.title),
      h("p", { class: "dim" }, texts.intro),
      h(
        "form",
        { onsubmit: submitted },
        h("label", { for: "name" }, texts.name),
        this.input,
        this.trouble,
        this.button
      ),
      h(
        "button",
        {
          type: "button",
          class: "plain",
          onclick: speakOther,
          lang: texts.other === "English" ? "en" : "fr"
        },
        texts.other
      )
    )
  }

  /** Shows that a login is being tried, or why it failed. */
  show(isBusy: boolean, trouble: string): void {
    const { button, input, texts } = this
    setAttribute(button, "aria-disabled", isBusy && "true")
    setText(button, isBusy ? texts.entering : texts.enter)
    setText(this.trouble, trouble)
    setAttribute(input, "aria-invalid", trouble !== "" && "true")
  }

  focus(): void {
    this.input.focus()
    this.input.select()
  }
}
