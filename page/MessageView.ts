import { beginningOf, contentOf } from "./Content.ts"
import { h } from "./Dom.ts"
import type { Item, Moves, Said, Sending } from "./Place.ts"
import { localeOf, reasonText, type Texts } from "./Texts.ts"

/** What the view of a message needs to know, and what can be done there. */
export interface Surroundings {
  readonly texts: Texts
  readonly username: string
  readonly canWrite: boolean
  readonly write: (username: string) => void
  readonly sayAgain: (sending: Sending) => void
  readonly discard: (sending: Sending) => void
}

/** Messages of one person within this time stand under one name. */
const togetherMillis = 5 * 60_000

/** What the view of an item depends on, besides the item: with another value it is drawn anew. */
export const looksOf = (item: Item, before: Item | undefined): string => {
  const isNewDay = before === undefined || dayOf(before.at) !== dayOf(item.at)
  if (item.kind === "sending") return `${isNewDay} ${item.refusal?.code}`
  if (item.kind !== "said") return String(isNewDay)
  const isTogether =
    !isNewDay &&
    before?.kind === "said" &&
    before.username === item.username &&
    item.at - before.at < togetherMillis
  return `${isNewDay} ${isTogether}`
}

/** An item of a place as people see it. */
export const viewOf = (item: Item, before: Item | undefined, around: Surroundings): HTMLElement => {
  const [isNewDay, isTogether] = looksOf(item, before).split(" ")
  const day = isNewDay === "true" && h("p", { class: "day" }, dayText(item.at, around.texts))
  switch (item.kind) {
    case "said":
      return saidView(item, isTogether === "true", day, around)
    case "sending":
      return sendingView(item, day, around)
    case "moves":
      return h("li", { class: "note" }, day, movesText(item, around.texts))
    case "note": {
      const { texts } = around
      const text = item.note === "expired" ? texts.expired(item.count) : texts[item.note]
      return h("li", { class: "note" }, day, text)
    }
  }
}

const saidView = (
  { at, content, username }: Said,
  isTogether: boolean,
  day: Node | false,
  { canWrite, texts, username: own, write }: Surroundings
): HTMLElement => {
  const isOwn = username === own
  const name = h("bdi", {}, username)
  const author =
    isOwn || !canWrite
      ? h("span", { class: "author" }, name, isOwn && h("span", { class: "dim" }, ` (${texts.you})`))
      : h(
          "button",
          { class: "author", type: "button", title: texts.writeTo(username), onclick: () => write(username) },
          name
        )
  const classes = `message${isOwn ? " own" : ""}${isTogether ? " together" : ""}`
  const head = h("p", { class: "head" }, author, " ", timeView(at, texts))
  return h("li", { class: classes }, day, head, textView(content, texts))
}

const sendingView = (
  sending: Sending,
  day: Node | false,
  { discard, sayAgain, texts, username }: Surroundings
): HTMLElement => {
  const { content, refusal } = sending
  const state = refusal === undefined ? texts.sending : ""
  const head = h(
    "p",
    { class: "head" },
    h("span", { class: "author" }, h("bdi", {}, username)),
    " ",
    h("span", { class: "dim" }, state)
  )
  const view = h("li", { class: "message own sending" }, day, head, textView(content, texts))
  if (refusal === undefined) return view
  const wait =
    refusal.retryAfterMs === undefined
      ? ""
      : `. ${texts.retryAfter(Math.max(1, Math.ceil(refusal.retryAfterMs / 1000)))}`
  view.append(
    h(
      "p",
      { class: "trouble" },
      `${reasonText(texts, refusal)}${wait} `,
      h("button", { type: "button", class: "small", onclick: () => sayAgain(sending) }, texts.sendAgain),
      h("button", { type: "button", class: "small", onclick: () => discard(sending) }, texts.discard)
    )
  )
  return view
}

/** The text of a message; of a long one first the beginning. */
const textView = (content: string, texts: Texts): HTMLElement => {
  const beginning = beginningOf(content)
  const text = h("div", { class: "text", dir: "auto" }, ...contentOf(beginning ?? content))
  if (beginning === undefined) return text
  const showAll = () => text.replaceChildren(...contentOf(content))
  text.append(" ", h("button", { type: "button", class: "small", onclick: showAll }, texts.longer))
  return text
}

const movesText = ({ moves }: Moves, texts: Texts): string => {
  const runs: Array<{ joined: boolean; names: Array<string> }> = []
  for (const { joined, username } of moves) {
    const last = runs.at(-1)
    const name = `\u2068${username}\u2069` // isolated from the words around it
    if (last?.joined === joined) last.names.push(name)
    else runs.push({ joined, names: [name] })
  }
  return runs.map(({ joined, names }) => (joined ? texts.joined : texts.left)(names.join(", "))).join(" · ")
}

const timeView = (at: number, texts: Texts): HTMLElement => {
  const locale = localeOf(texts)
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return h("time", {}, "")
  const title = date.toLocaleString(locale, { dateStyle: "full", timeStyle: "medium" })
  const text = date.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" })
  return h("time", { datetime: date.toISOString(), title }, text)
}

const dayOf = (at: number): string => new Date(at).toDateString()

const dayText = (at: number, texts: Texts): string =>
  new Date(at).toLocaleDateString(localeOf(texts), { weekday: "long", day: "numeric", month: "long" })
