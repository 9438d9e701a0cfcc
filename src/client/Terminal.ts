import type { Readable, Writable } from "node:stream"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import type { Address } from "../net/Address.ts"
import type { Event } from "../Protocol.ts"
import { isUsername } from "../Username.ts"
import {
  type CannotConnect,
  type Client,
  type ClientSettings,
  clientSettings,
  connect,
  type ConnectionEnded,
  keepAlive,
  login,
  type LoginRefused,
  type Received
} from "./Client.ts"
import { type ClientInput, commands, parseInput } from "./Input.ts"
import {
  cannotConnectText,
  contentLines,
  endText,
  eventText,
  helpText,
  highlighted,
  nameText,
  noticeText,
  quoted,
  refusalText,
  secondsText,
  timeText,
  troubleText,
  unknownText,
  usersText
} from "./Text.ts"
import { printable } from "./Printable.ts"
import { TerminalScreen } from "./Screen.ts"

/** Every limit of the terminal's side, with its unit in its name. */
export interface TerminalSettings extends ClientSettings {
  /** The first wait before a lost connection is tried again; each further one is twice as long … */
  readonly retryMillis: number
  /** … up to this, and each is shortened by up to half at random, so that a crowd does not return at once. */
  readonly retryMillisMax: number
  /** Time that a connection must last for the waits to start afresh. */
  readonly steadyMillis: number
  /** The number of times that our own name is tried again while the lost connection still holds it. */
  readonly takenTriesMax: number
  /** The most names remembered for completion. */
  readonly namesMax: number
}

/** The settings of `pnpm client` at a terminal. */
export const terminalSettings: TerminalSettings = {
  ...clientSettings,
  retryMillis: 1_000,
  retryMillisMax: 30_000,
  steadyMillis: 10_000,
  takenTriesMax: 10,
  namesMax: 1_000
}

/** The server, the name, and the terminal. */
export interface TerminalOptions {
  readonly address: Address
  /** The name to log in with; asked for if there is none. */
  readonly username: string | undefined
  readonly input: Readable
  readonly output: Writable
  readonly isDumb: boolean
  /** True to ring the bell for messages that have our own name. */
  readonly hasBell?: boolean
  readonly settings?: TerminalSettings
}

/** The client for a person: done when they leave; fails if they never got in. */
export const runTerminal = Effect.fn("Terminal.run")(function* (
  options: TerminalOptions
): Effect.fn.Return<void, SessionFailure, Scope.Scope> {
  const names = new Set<string>()
  const screen = yield* TerminalScreen.open({ ...options, complete: (line) => complete(line, names) })
  const chat: Chat = {
    address: options.address,
    settings: options.settings ?? terminalSettings,
    screen,
    names,
    hasBell: options.hasBell ?? false,
    username: options.username,
    naming: undefined,
    failure: undefined,
    client: undefined,
    wasOnlineAs: undefined,
    tries: 0
  }
  yield* Effect.raceAllFirst([stayConnected(chat), obeyAll(chat), screen.left])
  if (chat.failure !== undefined) return yield* chat.failure
})

interface Chat {
  readonly address: Address
  readonly settings: TerminalSettings
  readonly screen: TerminalScreen
  /** Names seen, for completion. */
  readonly names: Set<string>
  readonly hasBell: boolean
  username: string | undefined
  /** The reason why nobody was ever logged in, if there is one. */
  failure: SessionFailure | undefined
  /** Waits for a name to be typed. */
  naming: Deferred.Deferred<string> | undefined
  /** The connection, while logged in. */
  client: Client | undefined
  /** The name last logged in with. */
  wasOnlineAs: string | undefined
  /** Failed attempts since the last steady connection. */
  tries: number
}

const stayConnected = Effect.fnUntraced(function* (chat: Chat): Effect.fn.Return<never, SessionFailure> {
  while (true) {
    const username = chat.username ?? (yield* askName(chat))
    promptOffline(chat)
    const failure = yield* Effect.flip(Effect.scoped(session(chat, username)))
    if (chat.wasOnlineAs === undefined) chat.failure = failure
    const { reaction, text } = react(chat, failure)
    if (reaction === "give_up") return yield* failure
    if (reaction === "ask") {
      chat.username = undefined
      chat.screen.print(troubleText(text, chat.screen.paint))
    } else yield* wait(chat, text)
  }
})

/** Logs in and stays until the connection is over. */
const session = Effect.fnUntraced(function* (
  chat: Chat,
  username: string
): Effect.fn.Return<never, SessionFailure, Scope.Scope> {
  const { address, screen, settings } = chat
  const client = yield* connect({ address, settings, onReceived: (received) => show(chat, received) })
  const reply = yield* login(client, { username, features: ["presence"], settings })
  chat.client = client
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      chat.client = undefined
    })
  )
  chat.wasOnlineAs = username
  chat.failure = undefined
  yield* Effect.forkScoped(forgetTries(chat))
  screen.setPrompt(`${screen.paint(["bold", "green"], printable(username))}> `)
  screen.print(noticeText(reply.message ?? `you are ${username}`, screen.paint))
  yield* keepAlive(client, reply, settings)
  yield* tellUsers(chat, client)
  return yield* Effect.flatMap(client.ended, Effect.fail)
})

const forgetTries = (chat: Chat): Effect.Effect<void> =>
  Effect.delay(
    Effect.sync(() => {
      chat.tries = 0
    }),
    chat.settings.steadyMillis
  )

type SessionFailure = CannotConnect | LoginRefused | ConnectionEnded

/** The reaction to a failed session, and the text to show. */
const react = (
  { address, settings, tries, wasOnlineAs, username = "" }: Chat,
  failure: SessionFailure
): { readonly reaction: "ask" | "give_up" | "wait"; readonly text: string } => {
  const wasOnline = wasOnlineAs !== undefined
  switch (failure._tag) {
    case "CannotConnect":
      return { reaction: wasOnline || tries > 0 ? "wait" : "give_up", text: cannotConnectText(failure) }
    case "LoginRefused": {
      const { code = "username_taken" } = failure.reply
      const isStillHeld =
        code === "username_taken" && username === wasOnlineAs && tries < settings.takenTriesMax
      if (isStillHeld)
        return {
          reaction: "wait",
          text: `the lost connection still holds the name ${nameText(username)}, or someone took it`
        }
      const text = refusalText(`the name ${nameText(username)}`, failure.reply)
      return { reaction: code === "rate_limited" ? "wait" : "ask", text }
    }
    case "ConnectionEnded": {
      const text = endText(failure)
      const isSilent = failure.reason === "closed" && failure.lastWords === undefined
      const isUnwanted = failure.lastWords?.code === "kicked"
      if (isUnwanted || (!wasOnline && isStrange(failure))) return { reaction: "give_up", text }
      if (!isSilent || (wasOnline && tries < settings.takenTriesMax)) return { reaction: "wait", text }
      return {
        reaction: "ask",
        text: `the server closed the connection without a word: is the name ${nameText(username)} taken${address.tls === undefined && !wasOnline ? ", or does it speak TLS (--tls)" : ""}?`
      }
    }
  }
}

/** True of an end that no server of this protocol causes. */
const isStrange = ({ reason }: ConnectionEnded): boolean => reason !== "closed" && reason !== "lost"

const wait = Effect.fnUntraced(function* (chat: Chat, why: string) {
  const { screen, settings } = chat
  const millis = waitMillis(chat.tries, yield* Random.next, settings)
  chat.tries++
  promptOffline(chat)
  screen.print(troubleText(`${why}. Trying again in ${secondsText(millis)}`, screen.paint))
  yield* Effect.sleep(millis)
})

const promptOffline = ({ screen }: Chat): void => screen.setPrompt(screen.paint("dim", "(not connected)> "))

/** Milliseconds to wait after so many failed attempts; `random` is from 0 to 1. */
export const waitMillis = (
  tries: number,
  random: number,
  { retryMillis, retryMillisMax }: Pick<TerminalSettings, "retryMillis" | "retryMillisMax">
): number => Math.min(retryMillisMax, retryMillis * 2 ** tries) * (1 - random / 2)

const askName = Effect.fnUntraced(function* (chat: Chat) {
  chat.naming = Deferred.makeUnsafe<string>()
  chat.screen.setPrompt("Your name: ")
  chat.username = yield* Deferred.await(chat.naming)
  return chat.username
})

const tellUsers = Effect.fnUntraced(function* (chat: Chat, client: Client) {
  const { screen, settings } = chat
  const reply = yield* client.request({ type: "list" })
  if (reply.users === undefined) return screen.print(troubleText(refusalText("/list", reply), screen.paint))
  for (const name of reply.users.slice(0, settings.namesMax)) remember(chat, name)
  screen.print(noticeText(usersText(reply.users), screen.paint))
})

const show = Effect.fnUntraced(function* (chat: Chat, received: Received) {
  if (received.kind !== "event") return
  const { event } = received
  const { screen } = chat
  if (event.type === "left") chat.names.delete(event.username)
  else remember(chat, event.username)
  if (event.type === "message") showMessage(chat, event, yield* Clock.currentTimeMillis)
  else screen.print(eventText(event, screen.paint))
  yield* screen.drained
})

/** Shows a message with its time; where it has our own name, that stands out, and the bell rings if that is wanted. */
const showMessage = ({ hasBell, screen, username = "" }: Chat, message: Event, atMillis: number): void => {
  const { paint } = screen
  let isCalled = false
  const text = eventText(message, paint, (content) => {
    const lines = contentLines(content)
    const called = highlighted(lines, username, paint)
    isCalled = called !== undefined
    return called ?? lines
  })
  screen.print(`${timeText(atMillis, paint)} ${text}`)
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
    if (input.kind === "quit") return
    const { naming } = chat
    if (naming !== undefined && input.kind === "say") {
      chat.naming = undefined
      yield* Deferred.succeed(naming, input.content.trim())
    } else if (naming !== undefined && input.kind === "list")
      chat.screen.print(troubleText("choose a name first, then /list", chat.screen.paint))
    else yield* obey(chat, input, line)
  }
})

const obey = (chat: Chat, input: ClientInput, line: string): Effect.Effect<void> => {
  const { screen } = chat
  switch (input.kind) {
    case "help":
      return Effect.sync(() => {
        for (const text of helpText) screen.print(noticeText(text, screen.paint))
      })
    case "unknown":
      return Effect.sync(() => screen.print(troubleText(unknownText(input.word), screen.paint)))
    case "list":
      return whenOnline(chat, line, (client) => tellUsers(chat, client))
    case "say":
      return whenOnline(chat, line, (client) => say(chat, client, input.content))
    default:
      return Effect.void
  }
}

const say = Effect.fnUntraced(function* ({ screen, username = "" }: Chat, client: Client, content: string) {
  const reply = yield* client.request({ type: "message", username, content })
  if (reply.status !== "success") screen.print(troubleText(refusalText(quoted(content), reply), screen.paint))
})

/** Uses the connection; without one, the line is put back where it was typed. */
const whenOnline = (
  { client, screen }: Chat,
  line: string,
  use: (client: Client) => Effect.Effect<void, ConnectionEnded>
): Effect.Effect<void> => {
  if (client !== undefined)
    return Effect.catch(use(client), () =>
      Effect.sync(() =>
        screen.print(
          troubleText(
            `the connection ended before ${quoted(line)} was answered; it may be lost`,
            screen.paint
          )
        )
      )
    )
  return Effect.sync(() => {
    screen.print(
      troubleText("not connected: the line is kept, press Enter once the connection is back", screen.paint)
    )
    screen.restore(line)
  })
}

/** Completes commands at the beginning of a line, and names anywhere. */
const complete = (line: string, names: ReadonlySet<string>): [Array<string>, string] => {
  const word = line.slice(line.lastIndexOf(" ") + 1)
  const candidates = word === line && word.startsWith("/") ? commandWords : [...names].map(printable)
  return [candidates.filter((candidate) => candidate.startsWith(word)), word]
}

const commandWords = Object.keys(commands).map((name) => `/${name}`)
