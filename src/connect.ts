import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import {
  type CannotConnect,
  type Client,
  type ClientSettings,
  clientSettings,
  connect as openClient,
  type ConnectionEnded,
  keepAlive,
  login,
  type LoginRefused
} from "./client/Client.ts"
import { cannotConnectText, endText, replyText } from "./client/Text.ts"
import { Feed, type Missed } from "./embedding/Feed.ts"
import type { Address } from "./net/Address.ts"
import type { Event, Reply } from "./Protocol.ts"

/** Options of {@link connect}. Those that are left out have the defaults of `palabre client`. */
export interface ConnectOptions extends Partial<ClientSettings> {
  /** Name or IP address of the server. Default `127.0.0.1`. */
  readonly host?: string
  /** TCP port of the server. */
  readonly port: number
  /** Given, the client speaks TLS; `ca` is the certificate (PEM) to trust instead of the system's. */
  readonly tls?: Address["tls"]
  /** The name to log in with. */
  readonly username: string
  /** Bytes of `events` that may wait to be taken. Default 1 MiB. */
  readonly eventBytesMax?: number
}

/** A client that is logged in. */
export interface ChatClient extends AsyncDisposable {
  /** The name that it is logged in with. */
  readonly username: string
  /** Says something to everyone else; the promise is kept once the server has acknowledged it. */
  readonly say: (content: string) => Promise<void>
  /** The names of those who are logged in. */
  readonly list: () => Promise<ReadonlyArray<string>>
  /**
   * What others say, and who joins and leaves where the server tells that, from the login on, for one `for await` loop.
   * The loop ends when the client is closed, and throws a {@link ChatError} when the connection ends otherwise. Once
   * `eventBytesMax` wait, further events are dropped until those that wait are taken; then `{ type: "missed", count }`
   * tells how many.
   */
  readonly events: AsyncIterableIterator<Event | Missed>
  /** Logs out and closes the connection. */
  readonly close: () => Promise<void>
}

/** Something that a client asked for was refused, or there is no connection (any more). */
export class ChatError extends Error {
  override readonly name = "ChatError"
  /**
   * For programs: the error code of the server (`username_taken`, `message_refused`, `kicked`…), the code of the system
   * where no connection could be opened (`ECONNREFUSED`…), or the reason why it ended (`closed`, `lost`, `no_answer`…).
   */
  readonly code: string
  /** Time after which the server wants to be asked again, in milliseconds, if it said so (`rate_limited`). */
  readonly retryAfterMs: number | undefined

  constructor(code: string, message: string, retryAfterMs?: number) {
    super(message)
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}

/**
 * Connects to a server of the protocol, whoever wrote it, and logs in. The promise is rejected with a {@link ChatError}
 * where that is refused or there is no such server.
 *
 * @example
 * const client = await connect({ port: 12345, username: "echo" })
 * for await (const event of client.events)
 *   if (event.type === "message") await client.say(event.content)
 */
export const connect = async (options: ConnectOptions): Promise<ChatClient> => {
  const { eventBytesMax = 1 << 20, host = "127.0.0.1", port, tls, username, ...given } = options
  const settings = { ...clientSettings, ...given }
  const events = new Feed<Event>(eventBytesMax)
  const scope = Scope.makeUnsafe()
  const close = async () => {
    events.end()
    await Effect.runPromise(Scope.close(scope, Exit.void))
  }
  const opened = Effect.gen(function* () {
    const client = yield* openClient({
      address: { host, port, tls },
      settings,
      onReceived: (received) =>
        Effect.sync(() => {
          if (received.kind === "event") events.push(received.event)
        })
    })
    const reply = yield* login(client, { username, features: ["presence"], settings })
    yield* keepAlive(client, reply, settings)
    const ended = Effect.map(client.ended, (end) => events.end(errorOf(end)))
    yield* Effect.forkScoped(ended, { startImmediately: true })
    return client
  })
  const client = await run(Scope.provide(opened, scope)).catch(async (error: unknown) => {
    await close()
    throw error
  })
  return {
    username,
    say: async (content) => {
      await ask(client, { type: "message", username, content })
    },
    list: async () => (await ask(client, { type: "list" })).users ?? [],
    events,
    close,
    [Symbol.asyncDispose]: close
  }
}

/** The answer to a request; a refusal rejects. */
const ask = async (client: Client, request: Parameters<Client["request"]>[0]): Promise<Reply> => {
  const reply = await run(client.request(request))
  if (reply.status !== "success") throw refused(reply)
  return reply
}

const run = <A>(effect: Effect.Effect<A, CannotConnect | ConnectionEnded | LoginRefused>): Promise<A> =>
  Effect.runPromise(Effect.mapError(effect, errorOf))

const errorOf = (failure: CannotConnect | ConnectionEnded | LoginRefused): ChatError => {
  switch (failure._tag) {
    case "CannotConnect":
      return new ChatError(failure.code, cannotConnectText(failure))
    case "ConnectionEnded":
      return new ChatError(failure.lastWords?.code ?? failure.reason, endText(failure))
    case "LoginRefused":
      return refused(failure.reply)
  }
}

const refused = (reply: Reply): ChatError =>
  new ChatError(reply.code ?? "refused", `refused: ${replyText(reply)}`, reply.retryAfterMs)
