import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Event, Reply } from "../Protocol.ts"
import { isUsername } from "../Username.ts"
import { type Chat, promptOnline } from "./Chat.ts"
import { tell } from "./Commands.ts"
import type { Message } from "./Received.ts"
import type { Noted, Session } from "./Session.ts"
import { contentLines, eventText, highlighted, markText, messageText, noticeText, timeText } from "./Text.ts"

/** Shows what came, in order. */
export const show = Effect.fnUntraced(function* (chat: Chat, session: Session, noted: Noted) {
  const { screen, whereabouts } = chat
  if (noted.kind === "other") return
  if (noted.kind === "event") yield* showEvent(chat, session, noted.event, noted.isMissed)
  else if (noted.request?.type === "login") welcome(chat, session, noted.reply)
  else {
    const { messages = [], notices = [], room, users = [] } = tell(whereabouts, noted.request, noted.reply)
    for (const name of users.slice(0, chat.settings.namesMax)) remember(chat, name)
    for (const text of notices) screen.print(noticeText(text, screen.paint))
    const nowMillis = yield* Clock.currentTimeMillis
    for (const kept of messages)
      showMessage(chat, { type: "message", ...kept, ...(room && { room }) }, nowMillis)
    if (noted.request?.type === "join" || noted.request?.type === "leave") promptOnline(chat)
  }
  yield* screen.drained
})

const welcome = (chat: Chat, session: Session, { message, status }: Reply): void => {
  if (status !== "success") return
  chat.isCatchingUp = false
  chat.isWaitTold = false
  chat.screen.print(noticeText(message ?? `you are ${session.username}`, chat.screen.paint))
}

const showEvent = Effect.fnUntraced(function* (
  chat: Chat,
  session: Session,
  event: Event,
  isMissed: boolean
) {
  const { names, screen, whereabouts } = chat
  if (event.type === "left" && event.room === undefined) names.delete(event.username)
  else if (event.type !== "gap") remember(chat, event.username)
  if (isMissed && !chat.isCatchingUp) screen.print(noticeText("what you missed:", screen.paint))
  chat.isCatchingUp = isMissed
  if (event.type === "message") showMessage(chat, event, yield* Clock.currentTimeMillis)
  else screen.print(eventText(event, screen.paint))
  if (session.isIn(event.room) && whereabouts.note(event)) promptOnline(chat)
})

/**
 * Shows a message with its time, and with its room where that is not the one we look at. Where it has our own name,
 * that stands out, and the bell rings if that is wanted.
 */
const showMessage = (chat: Chat, message: Message, nowMillis: number): void => {
  const { hasBell, screen, username = "", whereabouts } = chat
  const { paint } = screen
  let isCalled = false
  const text = messageText(message, paint, (content) => {
    const lines = contentLines(content)
    const called = highlighted(lines, username, paint)
    isCalled = called !== undefined
    return called ?? lines
  })
  const mark = whereabouts.isHere(message) ? "" : markText(message, paint)
  screen.print(`${timeText(message.at ?? nowMillis, paint, nowMillis)} ${mark}${text}`)
  if (isCalled && hasBell) screen.ring()
}

const remember = ({ names, settings }: Chat, name: string): void => {
  if (names.size < settings.namesMax && isUsername(name)) names.add(name)
}
