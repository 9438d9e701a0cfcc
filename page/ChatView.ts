import { Announcer } from "./Announcer.ts"
import { type Chat, itemsOf } from "./Chat.ts"
import { Composer } from "./Composer.ts"
import { h } from "./Dom.ts"
import { Header } from "./Header.ts"
import { MessageList } from "./MessageList.ts"
import { People } from "./People.ts"
import type { Place, Said } from "./Place.ts"
import { RoomsDialog } from "./RoomsDialog.ts"
import { Sidebar } from "./Sidebar.ts"
import { StatusBar } from "./StatusBar.ts"
import { reasonText, type Texts } from "./Texts.ts"

/** The part of the chat that a narrow screen shows. */
type Part = "places" | "chat" | "people"

/** The chat, once a name is chosen: places, messages, people. Wide screens show all of them side by side. */
export class ChatView {
  readonly element: HTMLElement
  private readonly texts: Texts
  private readonly chat: Chat
  private readonly sidebar: Sidebar
  private readonly people: People
  private readonly messages: MessageList
  private readonly composer: Composer
  private readonly dialog: RoomsDialog
  private readonly status: StatusBar
  private readonly announcer: Announcer
  private readonly header: Header
  private readonly joinAgain: HTMLButtonElement
  private place: Place | undefined

  constructor(
    texts: Texts,
    chat: Chat,
    actions: { readonly speakOther: () => void; readonly quit: () => void }
  ) {
    this.texts = texts
    this.chat = chat
    const write = (username: string) => {
      chat.goTo(username)
      this.wentTo()
    }
    this.sidebar = new Sidebar(texts, chat, {
      ...actions,
      go: (place) => {
        chat.go(place)
        this.wentTo()
      },
      showRooms: () => {
        chat.askRooms()
        this.dialog.open()
      }
    })
    this.people = new People(texts, chat, write, () => this.look("chat"))
    this.messages = new MessageList(
      {
        texts,
        username: chat.session.username,
        canWrite: true,
        write,
        sayAgain: (sending) => chat.sayAgain(chat.current, sending),
        discard: (sending) => chat.discard(chat.current, sending)
      },
      () => chat.loadOlder(chat.current)
    )
    this.composer = new Composer(texts, (place, content) => {
      this.messages.goToEnd()
      return chat.say(place, content)
    })
    this.dialog = new RoomsDialog(texts, (room) => chat.join(room))
    this.status = new StatusBar(texts, () => chat.session.connect())
    this.announcer = new Announcer(texts)
    this.header = new Header(texts, chat, (part) => this.look(part))
    this.joinAgain = h(
      "button",
      { type: "button", class: "primary join-again", onclick: () => chat.join(chat.current.name) },
      texts.joinAgain
    )
    this.element = h(
      "main",
      { class: "chat", "data-part": "chat" },
      h("h1", { class: "hidden" }, texts.title),
      this.sidebar.element,
      h(
        "section",
        { class: "talk", "aria-label": texts.messages },
        this.header.element,
        this.status.element,
        this.messages.element,
        this.joinAgain,
        this.composer.element
      ),
      this.people.element,
      this.dialog.element,
      this.announcer.element
    )
    this.show()
  }

  focus(): void {
    this.composer.focus()
  }

  /** Called once a second. */
  tick(): void {
    this.status.tick()
  }

  heard({ content, username }: Said, place: Place): void {
    const { texts } = this
    const short = content.slice(0, 300)
    this.announcer.announce(
      place.kind === "direct"
        ? texts.privately(username, short)
        : place === this.chat.current
          ? texts.says(username, short)
          : texts.saysIn(username, this.nameOf(place), short)
    )
  }

  /** Tells why something that was asked for was refused. */
  refused(reply: { readonly code?: string; readonly message?: string }): void {
    if (this.dialog.isOpen) this.dialog.refuse(reasonText(this.texts, reply))
    else this.announcer.announce(reasonText(this.texts, reply))
  }

  show(): void {
    const { chat, texts } = this
    const { current, session } = chat
    const name = this.nameOf(current)
    if (this.place !== current) {
      this.dialog.close()
      if (this.place !== undefined) this.look("chat")
      this.place = current
    }
    this.header.show(name)
    this.status.show(session.link)
    this.sidebar.show()
    this.people.show()
    this.messages.show({
      key: current.key,
      items: itemsOf(current),
      label: texts.messagesIn(name),
      beginning: this.beginningOf(current)
    })
    this.composer.show(current, current.kind === "lobby" ? texts.everyone : name)
    this.dialog.show(chat.rooms)
    this.joinAgain.hidden = current.isJoined
  }

  private nameOf({ kind, name }: Place): string {
    return kind === "lobby" ? this.texts.lobby : name
  }

  private beginningOf(place: Place): string {
    const { texts } = this
    if (place.isLoading) return texts.loading
    if (place.items.length === 0 && place.sendings.length === 0) return texts.empty
    return place.isWhole && this.chat.hasHistory(place) ? texts.beginning : ""
  }

  /** Drawn at once: what is written next belongs here. */
  private wentTo(): void {
    this.show()
    this.look("chat")
  }

  private look(part: Part): void {
    this.element.dataset["part"] = part
    if (part === "people") {
      if (!this.chat.has("presence")) this.chat.go(this.chat.current)
      this.people.focus()
    } else if (part === "places") this.element.querySelector<HTMLElement>("[aria-current]")?.focus()
    else if (matchMedia("(pointer: fine)").matches) this.composer.focus()
    else this.header.focus()
  }
}
