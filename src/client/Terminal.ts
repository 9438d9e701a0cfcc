import type { Readable, Writable } from "node:stream"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Scope from "effect/Scope"
import type { Address } from "../net/Address.ts"
import { isUsername } from "../Username.ts"
import { type Event, features, type Reply } from "../Protocol.ts"
import type { Client, ConnectionEnded, SessionFailure } from "./Client.ts"
import { carryOut, type ServerCommand, tell } from "./Commands.ts"
import { complete } from "./Completion.ts"
import { type ClientInput, parseInput } from "./Input.ts"
import { promptText } from "./Prompt.ts"
import { Attempts, type ReconnectSettings, reconnectSettings, visit } from "./Reconnect.ts"
import { TerminalScreen } from "./Screen.ts"
import { type Noted, type Place, Session, type Unsent } from "./Session.ts"
import {
  contentLines,
  eventText,
  helpText,
  highlighted,
  markText,
  messageText,
  noticeText,
  quoted,
  refusalText,
  roomText,
  secondsText,
  timeText,
  troubleText,
  unknownText,
  unsentText
} from "./Text.ts"
import { Whereabouts } from "./Whereabouts.ts"
import { type Message } from "./Received.ts"

/** Every limit of the terminal's side, with its unit in its name. */
export interface TerminalSettings extends ReconnectSettings {
  /** The most names remembered for completion. */
  readonly namesMax: number
}

/** The settings of `pnpm client` at a terminal. */
export const terminalSettings: TerminalSettings = { ...reconnectSettings, namesMax: 1_000 }

/** The server, the name, and the terminal. */
export interface TerminalOptions {
  readonly address: Address
  /** The name to log in with; asked for if there is none. */
  readonly username: string | undefined
  /** The room to go into at the beginning. */
  readonly room?: string | undefined
  readonly input: Readable
  readonly output: Writable & { readonly columns?: number }
  readonly isDumb: boolean
  /** True to ring the bell for messages that have our own name. */
  readonly hasBell?: boolean
  readonly settings?: TerminalSettings
}

/** The client for a person: done when they leave; fails if they never got in. */
export const runTerminal = Effect.fn("Terminal.run")(function* (
  options: TerminalOptions
): Effect.fn.Return<void, SessionFailure, Scope.Scope> {
  const { address, hasBell = false, output, settings = terminalSettings, username } = options
  const names = new Set<string>()
  const completed = (line: string) => {
    const { granted = noFeatures, rooms = [] } = chat.session ?? {}
    return complete(line, { granted, names, rooms })
  }
  const screen = yield* TerminalScreen.open({ ...options, complete: completed })
  const chat: Chat = {
    address,
    attempts: new Attempts(address, settings),
    settings,
    screen,
    columns: () => output.columns ?? Infinity,
    names,
    hasBell,
    scope: yield* Effect.scope,
    whereabouts: new Whereabouts(),
    username,
    session: undefined,
    roomWanted: options.room,
    isWaitTold: false,
    isCatchingUp: false,
    naming: undefined,
    failure: undefined
  }
  yield* Effect.ensuring(
    Effect.raceAllFirst([stayConnected(chat), obeyAll(chat), screen.left]),
    Effect.sync(() => tellUnsent(chat))
  )
  if (chat.failure !== undefined) return yield* chat.failure
})

const noFeatures: ReadonlySet<string> = new Set()

interface Chat {
  readonly address: Address
  readonly attempts: Attempts
  readonly settings: TerminalSettings
  readonly screen: TerminalScreen
  /** The width of the terminal. */
  readonly columns: () => number
  /** Names seen, for completion. */
  readonly names: Set<string>
  readonly hasBell: boolean
  /** Lasts as long as the chat: answers are waited for in it. */
  readonly scope: Scope.Scope
  whereabouts: Whereabouts
  username: string | undefined
  /** What goes on under that name, across connections. */
  session: Session | undefined
  /** The room to go into once logged in. */
  roomWanted: string | undefined
  /** True once it was told that what is typed waits for the connection. */
  isWaitTold: boolean
  /** True once it was told that what follows was missed. */
  isCatchingUp: boolean
  /** The reason why nobody was ever logged in, if there is one. */
  failure: SessionFailure | undefined
  /** Waits for a name to be typed. */
  naming: Deferred.Deferred<string> | undefined
}

const stayConnected = Effect.fnUntraced(function* (chat: Chat): Effect.fn.Return<never, SessionFailure> {
  const { attempts, screen } = chat
  while (true) {
    const username = chat.username ?? (yield* askName(chat))
    if (chat.session?.username !== username || chat.session.failure !== undefined) {
      chat.session = new Session(username)
      chat.whereabouts = new Whereabouts()
    }
    promptOffline(chat)
    const failure = yield* Effect.flip(Effect.scoped(online(chat, chat.session)))
    if (attempts.wasOnlineAs === undefined) chat.failure = failure
    const { kind, text } = attempts.react(username, failure)
    if (kind === "give_up") return yield* failure
    if (kind === "wait") yield* wait(chat, text)
    else {
      yield* chat.session.end(failure)
      chat.username = undefined
      screen.print(troubleText(text, screen.paint))
    }
  }
})

/** Logs in and stays until the connection is over. */
const online = Effect.fnUntraced(function* (
  chat: Chat,
  session: Session
): Effect.fn.Return<never, SessionFailure, Scope.Scope> {
  const { address, attempts, screen, settings } = chat
  const client = yield* visit(session, {
    address,
    features,
    settings,
    onReceived: (noted) => show(chat, session, noted),
    onRoomLost: (room, refusal) =>
      Effect.sync(() => {
        chat.whereabouts.forget(room)
        const text = `you are no longer in ${roomText(room)}: ${refusalText("/join", refusal)}`
        screen.print(troubleText(text, screen.paint))
      })
  })
  chat.failure = undefined
  yield* attempts.succeeded(session.username)
  const room = chat.roomWanted
  chat.roomWanted = undefined
  promptOnline(chat)
  yield* command(chat, session, client, room === undefined ? { kind: "list" } : { kind: "join", room })
  return yield* Effect.flatMap(client.ended, Effect.fail)
})

const wait = Effect.fnUntraced(function* (chat: Chat, why: string) {
  const { attempts, screen } = chat
  const millis = yield* attempts.wait
  promptOffline(chat)
  screen.print(troubleText(`${why}. Trying again in ${secondsText(millis)}`, screen.paint))
  yield* Effect.sleep(millis)
})

const promptOffline = ({ screen }: Chat): void => screen.setPrompt(screen.paint("dim", "(not connected)> "))

const promptOnline = ({ columns, screen, session, whereabouts }: Chat): void => {
  if (session?.client !== undefined)
    screen.setPrompt(promptText(session.username, whereabouts, columns(), screen.paint))
}

const askName = Effect.fnUntraced(function* (chat: Chat) {
  chat.naming = Deferred.makeUnsafe<string>()
  chat.screen.setPrompt("Your name: ")
  chat.username = yield* Deferred.await(chat.naming)
  return chat.username
})

/** Shows what came, in order. */
const show = Effect.fnUntraced(function* (chat: Chat, session: Session, noted: Noted) {
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

/** Obeys what is typed until it says to quit. */
const obeyAll = Effect.fnUntraced(function* (chat: Chat) {
  while (true) {
    const line = yield* Queue.take(chat.screen.lines)
    const input = parseInput(line)
    if (input.kind === "quit") return yield* settle(chat)
    const { naming } = chat
    if (naming !== undefined && input.kind === "say" && input.to === undefined) {
      chat.naming = undefined
      yield* Deferred.succeed(naming, input.content.trim())
    } else yield* obey(chat, input, line)
  }
})

const obey = (chat: Chat, input: ClientInput, line: string): Effect.Effect<void> => {
  const { naming, screen, session } = chat
  switch (input.kind) {
    case "nothing":
    case "quit":
      return Effect.void
    case "help":
      return Effect.sync(() => {
        for (const text of helpText(session?.granted ?? noFeatures))
          screen.print(noticeText(text, screen.paint))
      })
    case "unknown":
      return complain(chat, unknownText(input.word))
    case "mistake":
      return complain(chat, input.text)
    case "say":
      return say(chat, input, line)
    default:
      if (naming !== undefined) return complain(chat, `choose a name first, then /${input.kind}`)
      return whenOnline(chat, line, (online, client) => command(chat, online, client, input))
  }
}

const complain = ({ screen }: Chat, text: string): Effect.Effect<void> =>
  Effect.sync(() => screen.print(troubleText(text, screen.paint)))

const command = Effect.fnUntraced(function* (
  chat: Chat,
  session: Session,
  client: Client,
  input: ServerCommand
) {
  const trouble = yield* carryOut(session, chat.whereabouts, input, (request) =>
    session.askOver(client, request)
  )
  if (trouble !== undefined) yield* complain(chat, trouble)
})

/**
 * Says something where we are, or to one person. Where the session is kept, it goes out now or once the connection is
 * back, and the next line need not wait for its answer.
 */
const say = Effect.fnUntraced(function* (
  chat: Chat,
  { content, to }: Extract<ClientInput, { kind: "say" }>,
  line: string
) {
  const { session } = chat
  const { room } = chat.whereabouts
  const place: Place = to === undefined ? { room } : { to }
  const heard = (answer: Effect.Effect<Reply, Unsent>, text: (unsent: Unsent) => string) =>
    Effect.matchEffect(answer, {
      onSuccess: (reply) =>
        reply.status === "success" ? Effect.void : complain(chat, refusalText(quoted(content), reply)),
      onFailure: (unsent) => complain(chat, text(unsent))
    })
  if (session?.isKept !== true)
    return yield* whenOnline(chat, line, (online) =>
      Effect.flatMap(online.say(content, place), (answer) => heard(answer, () => lostText(line)))
    )
  if (session.client === undefined && !chat.isWaitTold) {
    chat.isWaitTold = true
    yield* complain(chat, "not connected: it will be sent once the connection is back")
  }
  const answer = yield* session.say(content, place)
  yield* Effect.forkIn(heard(answer, unsentText), chat.scope, { startImmediately: true })
})

const lostText = (line: string): string =>
  `the connection ended before ${quoted(line)} was answered; it may be lost`

/** Uses the connection; without one, the line is put back where it was typed. */
const whenOnline = (
  chat: Chat,
  line: string,
  use: (session: Session, client: Client) => Effect.Effect<unknown, ConnectionEnded>
): Effect.Effect<void> => {
  const { screen, session } = chat
  const client = session?.client
  if (session !== undefined && client !== undefined)
    return Effect.catch(Effect.asVoid(use(session, client)), () => complain(chat, lostText(line)))
  return Effect.andThen(
    complain(chat, "not connected: the line is kept, press Enter once the connection is back"),
    Effect.sync(() => screen.restore(line))
  )
}

/** Waits a little for the answers to what was said last. */
const settle = ({ session, settings }: Chat): Effect.Effect<void> =>
  session?.client === undefined
    ? Effect.void
    : Effect.asVoid(Effect.timeoutOption(session.settled, settings.logoutMillisMax))

/** Tells one who leaves what may not have been said. */
const tellUnsent = ({ screen, session }: Chat): void => {
  if (session?.isKept !== true) return
  for (const unsent of session.unsent) screen.print(troubleText(unsentText(unsent), screen.paint))
}
