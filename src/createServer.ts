import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import {
  Embedder,
  type Hook,
  isContent,
  type LoginAnswer,
  type LoginQuestion,
  type MessageAnswer,
  type MessageQuestion
} from "./embedding/Embedder.ts"
import { Feed, type Missed } from "./embedding/Feed.ts"
import type { Happening } from "./fold/Happening.ts"
import { openLayer } from "./layer.ts"
import type { Address } from "./net/Address.ts"
import type { Ending } from "./net/Ending.ts"
import { House } from "./requests/Conversation.ts"
import { announce, kick } from "./requests/Program.ts"
import { Server } from "./Server.ts"
import { defaults, type Values } from "./settings/Settings.ts"
import { logger } from "./telemetry/Logger.ts"
import { isUsername } from "./Username.ts"

/**
 * Options of {@link createServer}: how the program takes part, and every setting of `palabre serve` by the name it has in
 * [Settings](./settings/Settings.ts), with the same defaults, except that only warnings and errors are logged.
 */
export interface ServerOptions extends Partial<Values> {
  /** The name under which `broadcast` speaks: valid, and given to nobody else. Default `server`. */
  readonly username?: string
  /**
   * Decides who may log in: `true`, `false`, or the reason why not, at once or as a promise. It is called before the name
   * is given, so a name that is refused was never held. Default: everybody.
   */
  readonly onLogin?: Hook<LoginQuestion, LoginAnswer>
  /**
   * Decides what may be said: nothing, `false`, the reason why not, or `{ content }` to say something else, at once or as
   * a promise. What is longer than what a client may say (`frameBytesMax`) refuses the message. Default: everything.
   */
  readonly onMessage?: Hook<MessageQuestion, MessageAnswer>
  /**
   * Time in milliseconds that `onLogin` and `onMessage` have to answer. Then, as when they throw, the request is refused
   * and an error is logged. Default 5,000.
   */
  readonly hookMillisMax?: number
  /** Bytes of `events` that may wait to be taken. Default 1 MiB. */
  readonly eventBytesMax?: number
}

/** Something that happened in the chat. */
export type ServerEvent =
  /** Someone logged in: on this server, at an address, or on another one over the same log. */
  | { readonly type: "joined"; readonly username: string; readonly address?: Address }
  /** Someone said something that passed. */
  | {
      readonly type: "message"
      readonly username: string
      readonly content: string
      /** The room that it was said in, or the user that it was said to alone; neither if it was said to everyone. */
      readonly room?: string
      readonly to?: string
    }
  /** Someone is gone, and the name is free: `left`, `logout`, or the code of the error that ended the connection. */
  | { readonly type: "left"; readonly username: string; readonly reason: Ending }

/** A running server, and the part that the program has in its chat. */
export interface ChatServer extends AsyncDisposable {
  /** The TCP port that it listens on. */
  readonly port: number
  /** The addresses that it listens on, all with that port. */
  readonly addresses: ReadonlyArray<Address>
  /** The names of those who are logged in, on whichever server over the same log, in login order. */
  readonly users: () => ReadonlyArray<string>
  /**
   * Says something to everyone who is logged in. The promise is kept once it has its place in the order of all messages;
   * awaiting it before the next one keeps a program from running ahead of its readers. Throws a `TypeError` if the
   * content is not a text, is empty, or is longer than what a client may say (`frameBytesMax`). Once the server is closed,
   * there is nobody to hear it.
   */
  readonly broadcast: (message: { readonly content: string }) => Promise<void>
  /**
   * Ends the connection of a user, who is told `kicked` and the reason. The promise is kept once the name is off the list
   * and free: with false if nobody had it, and once the server is closed.
   */
  readonly kick: (username: string, reason?: string) => Promise<boolean>
  /**
   * What happens from the start on, for one `for await` loop. It ends when the server is closed. Once `eventBytesMax`
   * wait, further events are dropped until those that wait are taken; then `{ type: "missed", count }` tells how many.
   */
  readonly events: AsyncIterableIterator<ServerEvent | Missed>
  /** Lets everyone leave in order, for at most `drainMillisMax`, and stops listening. */
  readonly close: () => Promise<void>
}

/**
 * Starts a chat server in this program. It listens once the promise is kept; where it cannot, the promise is rejected
 * with an error that says why. `{ port: 0 }` picks a free port.
 *
 * @example
 * const server = await createServer({
 *   port: 0,
 *   onLogin: ({ username }) => username !== "mallory" || "not you",
 *   onMessage: ({ content }) => ({ content: content.replaceAll("darn", "****") })
 * })
 * await server.broadcast({ content: "Welcome!" })
 * for await (const event of server.events) console.log(event)
 */
export const createServer = async (options: ServerOptions = {}): Promise<ChatServer> => {
  check(options)
  const given = { ...fallbacks, ...options }
  const { eventBytesMax, hookMillisMax, onLogin, onMessage, username, ...settings } = given
  const events = new Feed<ServerEvent>(eventBytesMax)
  const contentBytesMax = settings.frameBytesMax ?? defaults().frameBytesMax
  const embedder = { username, onLogin, onMessage, hookMillisMax, contentBytesMax, ...telling(events) }
  const runtime = ManagedRuntime.make(
    openLayer(settings).pipe(
      Layer.provide([logger(settings.logFormat ?? defaults().logFormat), Layer.succeed(Embedder, embedder)])
    )
  )
  const context = await runtime.context().catch(async (error: unknown) => {
    await runtime.dispose()
    throw error
  })
  const { addresses } = Context.get(context, Server)
  const house = Context.get(context, House)
  const closed = Deferred.makeUnsafe<undefined>()
  const untilClosed = <A, E>(effect: Effect.Effect<A, E>): Promise<A | undefined> =>
    Effect.runPromise(Effect.raceFirst(Deferred.await(closed), effect))
  const close = async () => {
    await runtime.dispose()
    Deferred.doneUnsafe(closed, Effect.undefined)
    events.end()
  }
  return {
    port: addresses[0]!.port,
    addresses,
    users: house.registry.usernames,
    broadcast: async ({ content }) => {
      if (!isContent(content, contentBytesMax))
        throw new TypeError(
          `broadcast: content must be a text that is not empty, of at most ${contentBytesMax} bytes`
        )
      assertDone("broadcast", await untilClosed(announce(house, username, content)))
    },
    kick: async (name, reason) => {
      const result = await untilClosed(kick(house, name, reason))
      assertDone("kick", result)
      return result?.t === "left"
    },
    events,
    close,
    [Symbol.asyncDispose]: close
  }
}

/** Throws an error if it is not known that the log has what was asked for. */
const assertDone = (what: string, result: Happening | undefined): void => {
  const t = result?.t
  if (t === "refused") throw new Error(`${what}: nothing can be stored at the moment`)
  if (t === "fenced" || t === "doubtful")
    throw new Error(`${what}: the log went away, and nobody knows if it was stored`)
}

const telling = (events: Feed<ServerEvent>): Pick<Embedder, "joined" | "said" | "left"> => ({
  joined: (username, address) => events.push({ type: "joined", username, ...(address && { address }) }),
  said: ({ content, room, to, username }) =>
    events.push({
      type: "message",
      username,
      content,
      ...(room !== undefined && { room }),
      ...(to !== undefined && { to })
    }),
  left: (username, reason) => events.push({ type: "left", username, reason })
})

const fallbacks = {
  username: "server",
  onLogin: undefined,
  onMessage: undefined,
  hookMillisMax: 5_000,
  eventBytesMax: 1 << 20,
  logLevel: "warn"
} as const

/** Throws a `TypeError` for what can only be a mistake; the settings are checked where they are used. */
const check = ({ onLogin, onMessage, username = fallbacks.username }: ServerOptions): void => {
  if (!isUsername(username)) throw new TypeError(`createServer: ${username} is not a valid username`)
  for (const [name, hook] of Object.entries({ onLogin, onMessage }))
    if (hook !== undefined && typeof hook !== "function")
      throw new TypeError(`createServer: ${name} must be a function`)
}
