import { Chat, type Shown } from "./Chat.ts"
import { ChatView } from "./ChatView.ts"
import { LoginForm } from "./LoginForm.ts"
import { choices, choose } from "./Saved.ts"
import { reasonText, type Texts, textsFor } from "./Texts.ts"

/** The address of the server that served this page. */
const url = new URL("ws", location.href)
url.protocol = url.protocol.replace("http", "ws")

let texts: Texts = textsFor([choices().locale, ...navigator.languages])
let chat: Chat | undefined
let view: ChatView | undefined
let form: LoginForm | undefined
let isDue = false

const shown: Shown = {
  changed: () => {
    if (isDue) return
    isDue = true
    // while the page is not seen, nothing is drawn
    if (document.hidden) setTimeout(draw, 1_000)
    else requestAnimationFrame(draw)
  },
  heard: (said, place) => view?.heard(said, place),
  refused: (reply) => view?.refused(reply)
}

/** Draws what has changed: the form until a login has succeeded, and again when one is refused; else the chat. */
const draw = (): void => {
  isDue = false
  if (chat === undefined) return
  const { link } = chat.session
  const isNew = view === undefined
  const isOver = link.state === "stopped" && link.reason?.code !== "session_replaced"
  if (isOver) return turnedAway(link.reason)
  if (isNew && chat.isEntered) {
    form = undefined
    view = new ChatView(texts, chat, { speakOther, quit })
    document.body.replaceChildren(view.element)
    view.focus()
  }
  view?.show()
  const unread = chat.unreadBeside + chat.current.unread
  document.title = unread === 0 ? texts.title : `(${unread}) ${texts.title}`
}

const turnedAway = (reason: { readonly code?: string; readonly message?: string } | undefined): void => {
  const username = chat?.session.username ?? ""
  chat?.leave()
  chat = undefined
  showForm(username, reason === undefined ? texts.unreachable : reasonText(texts, reason))
}

const enter = (username: string): void => {
  if (chat !== undefined || username === "") return
  choose({ username })
  form?.show(true, "")
  chat = new Chat(url.href, username, shown)
  chat.session.connect()
}

const quit = (): void => {
  chat?.leave()
  chat = undefined
  showForm(choices().username ?? "", "")
}

const speakOther = (): void => {
  const locale = texts.language === "en" ? "fr" : "en"
  choose({ locale })
  texts = textsFor([locale])
  document.documentElement.lang = texts.language
  if (chat === undefined || view === undefined) return showForm(choices().username ?? "", "")
  view = undefined
  draw()
}

const showForm = (username: string, trouble: string): void => {
  view = undefined
  document.title = texts.title
  form = new LoginForm(texts, username, enter, speakOther)
  document.body.replaceChildren(form.element)
  form.focus()
  form.show(chat !== undefined, trouble)
}

document.documentElement.lang = texts.language
chat = Chat.restored(url.href, shown)
if (chat === undefined) showForm(choices().username ?? "", "")
else {
  chat.session.connect()
  draw()
}

addEventListener("pagehide", () => chat?.save())
addEventListener("online", () => {
  if (chat?.session.link.state === "waiting") chat.session.connect()
})
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return chat?.save()
  if (chat !== undefined) chat.current.unread = 0
  shown.changed()
})
setInterval(() => view?.tick(), 1_000)
