import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import { type Feature, type Reply } from "../Protocol.ts"
import {
  type Client,
  type ClientSettings,
  clientSettings,
  connect,
  type ConnectionEnded,
  keepAlive,
  login,
  type SessionFailure
} from "./Client.ts"
import type { Received } from "./Received.ts"
import type { Servers } from "./Servers.ts"
import type { Noted, Session } from "./Session.ts"
import { cannotConnectText, endText, nameText, refusalText, secondsText } from "./Text.ts"

/** Every limit of coming back after a lost connection, with its unit in its name. */
export interface ReconnectSettings extends ClientSettings {
  /** The first wait before a lost connection is tried again; each further one is twice as long … */
  readonly retryMillis: number
  /** … up to this, and each is shortened by up to half at random, so that a crowd does not return at once. */
  readonly retryMillisMax: number
  /** Time that a connection must last for the waits to start afresh. */
  readonly steadyMillis: number
  /** The number of times that our own name is tried again while the lost connection still holds it. */
  readonly takenTriesMax: number
  /** Time after which a program gives up a lost connection: as long as a server keeps its session, by default. */
  readonly awayMillisMax: number
}

export const reconnectSettings: ReconnectSettings = {
  ...clientSettings,
  retryMillis: 1_000,
  retryMillisMax: 30_000,
  steadyMillis: 10_000,
  takenTriesMax: 10,
  awayMillisMax: 120_000
}

/** Where to log in, and what to do with all that comes, in order. */
export interface Visit {
  readonly servers: Servers
  readonly features: ReadonlyArray<Feature>
  readonly settings: ReconnectSettings
  readonly onReceived: (noted: Noted) => Effect.Effect<void>
  /** Called for each room that could not be joined again. */
  readonly onRoomLost: (room: string, refusal: Reply) => Effect.Effect<void>
}

/** Goes on with a session over a new connection, for as long as the scope lasts; its end logs out. */
export const visit = Effect.fnUntraced(function* (
  session: Session,
  { features, onReceived, onRoomLost, servers, settings }: Visit
): Effect.fn.Return<Client, SessionFailure, Scope.Scope> {
  const receive = (received: Received) => {
    const noted = session.note(received)
    return noted === undefined ? Effect.void : onReceived(noted)
  }
  const client = yield* servers.open((address) => connect({ address, settings, onReceived: receive }))
  const { resumption: resume, username } = session
  const reply = yield* login(client, { username, features, resume, settings })
  for (const room of session.notRejoined(reply)) {
    const joined = yield* session.askOver(client, { type: "join", room })
    if (joined.status === "success") continue
    session.rooms.delete(room)
    yield* onRoomLost(room, joined)
  }
  yield* session.attach(client, reply)
  yield* keepAlive(client, reply, settings)
  return client
})

/** The attempts to log in since a connection was last steady. */
export class Attempts {
  private readonly servers: Servers
  private readonly settings: ReconnectSettings
  private tries = 0
  /** The name last logged in with. */
  wasOnlineAs: string | undefined

  constructor(servers: Servers, settings: ReconnectSettings) {
    this.servers = servers
    this.settings = settings
  }

  /** Notes that a login succeeded: once the connection has lasted, the waits start afresh. */
  succeeded(username: string): Effect.Effect<void, never, Scope.Scope> {
    this.wasOnlineAs = username
    const forget = Effect.sync(() => {
      this.tries = 0
    })
    return Effect.asVoid(Effect.forkScoped(Effect.delay(forget, this.settings.steadyMillis)))
  }

  /** The time to wait before the next attempt, in milliseconds. */
  readonly wait: Effect.Effect<number> = Effect.suspend(() =>
    Effect.map(Random.next, (random) => waitMillis(this.tries++, random, this.settings))
  )

  /** What to do after a failure, and what to tell. */
  react(username: string, failure: SessionFailure): Reaction {
    const { servers, settings, tries, wasOnlineAs } = this
    const wasOnline = wasOnlineAs !== undefined
    switch (failure._tag) {
      case "CannotConnect":
        return { kind: wasOnline || tries > 0 ? "wait" : "give_up", text: cannotConnectText(failure) }
      case "LoginRefused": {
        const { code = "username_taken" } = failure.reply
        const isStillHeld =
          code === "username_taken" && username === wasOnlineAs && tries < settings.takenTriesMax
        if (isStillHeld)
          return {
            kind: "wait",
            text: `the lost connection still holds the name ${nameText(username)}, or someone took it`
          }
        const text = refusalText(`the name ${nameText(username)}`, failure.reply)
        return { kind: code === "rate_limited" || code === "unavailable" ? "wait" : "ask", text }
      }
      case "ConnectionEnded": {
        const text = endText(failure)
        const isSilent = failure.reason === "closed" && failure.lastWords === undefined
        if (isFinal(failure) || (!wasOnline && isStrange(failure))) return { kind: "give_up", text }
        if (!isSilent || (wasOnline && tries < settings.takenTriesMax)) return { kind: "wait", text }
        return {
          kind: "ask",
          text: `the server closed the connection without a word: is the name ${nameText(username)} taken${servers.current.tls === undefined && !wasOnline ? ", or does it speak TLS (--tls)" : ""}?`
        }
      }
    }
  }
}

/** Try again after a while, ask for another name, or leave; and the reason. */
interface Reaction {
  readonly kind: "ask" | "give_up" | "wait"
  readonly text: string
}

/** True of an end that was meant: whoever comes back after it is not wanted, or would drive away who took over. */
const isFinal = ({ lastWords }: ConnectionEnded): boolean =>
  lastWords?.code === "kicked" || lastWords?.code === "session_replaced"

/** True of an end that no server of this protocol causes. */
const isStrange = ({ reason }: ConnectionEnded): boolean => reason !== "closed" && reason !== "lost"

/** Milliseconds to wait after so many failed attempts; `random` is from 0 to 1. */
export const waitMillis = (
  tries: number,
  random: number,
  { retryMillis, retryMillisMax }: Pick<ReconnectSettings, "retryMillis" | "retryMillisMax">
): number => Math.min(retryMillisMax, retryMillis * 2 ** tries) * (1 - random / 2)

/**
 * Keeps a program's session online: comes back after each cut, as long as that may be, for `awayMillisMax` at most. Before
 * the first login, each server is tried once.
 * Fails with the reason why there is no connection any more.
 */
export const stay = Effect.fnUntraced(function* (
  session: Session,
  options: Visit & {
    readonly mayReturn: () => boolean
    readonly onLost: (text: string) => Effect.Effect<void>
  }
): Effect.fn.Return<never, SessionFailure> {
  const attempts = new Attempts(options.servers, options.settings)
  const online = Effect.gen(function* () {
    const client = yield* visit(session, options)
    yield* attempts.succeeded(session.username)
    lostAt = undefined
    return yield* Effect.flatMap(client.ended, Effect.fail)
  })
  /** When the connection was lost, while there is none. */
  let lostAt: number | undefined
  /** The number of servers that may still grant the first login, where one before could not. */
  let left = options.servers.count - 1
  while (true) {
    const failure = yield* Effect.flip(Effect.scoped(online))
    const now = yield* Clock.currentTimeMillis
    lostAt ??= now
    const { kind, text } = attempts.react(session.username, failure)
    const isPatient = now - lostAt < options.settings.awayMillisMax
    const mayGoOn = attempts.wasOnlineAs === undefined ? left-- > 0 : isPatient && options.mayReturn()
    if (kind !== "wait" || !mayGoOn) return yield* failure
    const millis = yield* attempts.wait
    yield* options.onLost(`${text}. Trying again in ${secondsText(millis)}`)
    yield* Effect.sleep(millis)
  }
})
