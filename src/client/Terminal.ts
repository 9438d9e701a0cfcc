import type { Readable, Writable } from "node:stream"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { features } from "../Protocol.ts"
import {
  type Chat,
  noFeatures,
  promptOffline,
  promptOnline,
  type TerminalSettings,
  terminalSettings
} from "./Chat.ts"
import type { SessionFailure } from "./Client.ts"
import { complete } from "./Completion.ts"
import { Attempts, visit } from "./Reconnect.ts"
import { TerminalScreen } from "./Screen.ts"
import type { Servers } from "./Servers.ts"
import { Session } from "./Session.ts"
import { refusalText, roomText, secondsText, troubleText, unsentText } from "./Text.ts"
import { command, obeyAll } from "./Typed.ts"
import { show } from "./View.ts"
import { Whereabouts } from "./Whereabouts.ts"

/** The servers, the name, and the terminal. */
export interface TerminalOptions {
  readonly servers: Servers
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
  const { hasBell = false, output, servers, settings = terminalSettings, username } = options
  const names = new Set<string>()
  const completed = (line: string) => {
    const { granted = noFeatures, rooms = [] } = chat.session ?? {}
    return complete(line, { granted, names, rooms })
  }
  const screen = yield* TerminalScreen.open({ ...options, complete: completed })
  const chat: Chat = {
    servers,
    attempts: new Attempts(servers, settings),
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
  const { attempts, screen, servers, settings } = chat
  const client = yield* visit(session, {
    servers,
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

const askName = Effect.fnUntraced(function* (chat: Chat) {
  chat.naming = Deferred.makeUnsafe<string>()
  chat.screen.setPrompt("Your name: ")
  chat.username = yield* Deferred.await(chat.naming)
  return chat.username
})

/** Tells one who leaves what may not have been said. */
const tellUnsent = ({ screen, session }: Chat): void => {
  if (session?.isKept !== true) return
  for (const unsent of session.unsent) screen.print(troubleText(unsentText(unsent), screen.paint))
}
