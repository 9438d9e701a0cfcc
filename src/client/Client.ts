import type { Socket } from "node:net"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { isTlsAlert } from "../net/SpeaksTls.ts"
import { openSocket } from "../net/OpenSocket.ts"
import { type Address, formatAddress } from "../net/Address.ts"
import { nextChunk } from "../wire/NextChunk.ts"
import { Frames, malformed } from "../wire/Frames.ts"
import { type Feature, Reply, type Request } from "../Protocol.ts"
import { isGoodbye, type Received, understand } from "./Received.ts"
import { type Resumption } from "./Seen.ts"

/** One connection to a server of the protocol, whoever wrote it. */
export interface Client {
  /**
   * Sends a request; done when its reply has come. Requests are answered in the order sent. One that is too long would
   * cost the connection: it is not sent, and the answer is `too_large`.
   */
  readonly request: (request: Request) => Effect.Effect<Reply, ConnectionEnded>
  /** Done when the connection is over, with the reason. */
  readonly ended: Effect.Effect<ConnectionEnded>
}

/** Every limit of a client, with its unit in its name. */
export interface ClientSettings {
  /** Time a connection may take to open. */
  readonly connectMillisMax: number
  /** Time a server may take to answer before it is taken for dead. */
  readonly answerMillisMax: number
  /** Time the reply to `logout` may take; the lab's plain servers do not know it. */
  readonly logoutMillisMax: number
  /** Time between two pings, well below any idle limit. */
  readonly pingEveryMillis: number
  /** Longest request: the default limit of a server of the protocol. */
  readonly requestBytesMax: number
  /** Longest object accepted from a server: a list of 10,000 of the longest names fits. */
  readonly objectBytesMax: number
}

/** The settings of both clients. */
export const clientSettings: ClientSettings = {
  connectMillisMax: 10_000,
  answerMillisMax: 30_000,
  logoutMillisMax: 1_000,
  pingEveryMillis: 60_000,
  requestBytesMax: 64 * 1024,
  objectBytesMax: 4 * 1024 * 1024
}

/** No connection could be opened; `code` is the system's, such as `ECONNREFUSED`. */
export class CannotConnect extends Schema.TaggedError<CannotConnect>()("CannotConnect", {
  host: Schema.String,
  port: Schema.Finite,
  code: Schema.String,
  /** True if a certificate to trust was given. */
  hasCa: Schema.Boolean
}) {
  override get message(): string {
    return `Cannot connect to ${formatAddress(this)} (${this.code})`
  }
}

/**
 * The connection is over: the server closed it, it broke (`lost`), no answer came in time, what came is not of the
 * protocol, or the server speaks TLS and we do not. `lastWords` is the error that the server sent last, if that was the
 * last thing it sent (END-1).
 */
export class ConnectionEnded extends Schema.TaggedError<ConnectionEnded>()("ConnectionEnded", {
  reason: Schema.Literals([
    "closed",
    "lost",
    "no_answer",
    "not_json",
    "too_large",
    "speaks_tls",
    "speaks_http"
  ]),
  lastWords: Schema.UndefinedOr(Reply),
  /** True if nothing ever came from the server. */
  isMute: Schema.Boolean
}) {}

/** The server did not grant the name. */
export class LoginRefused extends Schema.TaggedError<LoginRefused>()("LoginRefused", { reply: Reply }) {}

/** The reason why somebody is not, or no longer, logged in. */
export type SessionFailure = CannotConnect | LoginRefused | ConnectionEnded

/**
 * Opens a connection that lasts as long as the scope. Every object goes through `onReceived`, in the order received and
 * before its request is answered. Meanwhile nothing more is read, so that TCP holds the server back.
 */
export const connect = Effect.fn("Client.connect")(function* (options: {
  readonly address: Address
  readonly onReceived?: (received: Received) => Effect.Effect<void>
  readonly settings?: ClientSettings
}): Effect.fn.Return<Client, CannotConnect, Scope.Scope> {
  const settings = options.settings ?? clientSettings
  const socket = yield* open(options.address, settings)
  const link: Link = {
    socket,
    settings,
    unanswered: [],
    ended: Deferred.makeUnsafe(),
    end: undefined,
    lastWords: undefined,
    isMute: true,
    isBusy: false
  }
  const onReceived = options.onReceived ?? (() => Effect.void)
  yield* read(link, new Frames(settings.objectBytesMax), onReceived).pipe(
    Effect.onExit((exit) => Effect.sync(() => stopped(link, exit))),
    Effect.forkScoped({ startImmediately: true })
  )
  return { request: (request) => ask(link, request), ended: Deferred.await(link.ended) }
})

/** Logs in for as long as the scope lasts; its end logs out, and waits for the answer for `logoutMillisMax`. */
export const login = Effect.fn("Client.login")(function* (
  client: Client,
  options: {
    readonly username: string
    readonly features?: ReadonlyArray<Feature>
    /** The session to come back to. */
    readonly resume?: Resumption | undefined
    readonly settings?: ClientSettings
  }
): Effect.fn.Return<Reply, LoginRefused | ConnectionEnded, Scope.Scope> {
  const { features, resume, settings = clientSettings, username } = options
  const reply = yield* client.request({
    type: "login",
    username,
    ...(features === undefined ? {} : { features }),
    ...resume
  })
  if (reply.status !== "success") return yield* new LoginRefused({ reply })
  yield* Effect.addFinalizer(() =>
    client.request({ type: "logout" }).pipe(Effect.timeoutOption(settings.logoutMillisMax), Effect.ignore)
  )
  return reply
})

/**
 * Pings for ever, so that no idle limit ends the connection and a vanished server is noticed. Only a server that
 * answers logins with `features` is sure to know `ping`; any other is left in peace.
 */
export const keepAlive = Effect.fnUntraced(function* (
  client: Client,
  loginReply: Reply,
  settings: ClientSettings = clientSettings
): Effect.fn.Return<void, ConnectionEnded, Scope.Scope> {
  if (loginReply.features === undefined) return
  yield* Effect.sleep(settings.pingEveryMillis).pipe(
    Effect.andThen(client.request({ type: "ping" })),
    Effect.forever,
    Effect.forkScoped({ startImmediately: true })
  )
})

/** One connection and what it waits for. */
interface Link {
  readonly socket: Socket
  readonly settings: ClientSettings
  /** One for each request in progress, oldest first; at most one per fiber that asks. */
  readonly unanswered: Array<Question>
  readonly ended: Deferred.Deferred<ConnectionEnded>
  end: ConnectionEnded | undefined
  lastWords: Reply | undefined
  /** True as long as nothing has come. */
  isMute: boolean
  /** True while `onReceived` is at work: then it is not the server that makes us wait. */
  isBusy: boolean
}

/** A request that waits for its reply. */
interface Question {
  readonly request: Request
  readonly answer: Deferred.Deferred<Reply, ConnectionEnded>
}

const open = (address: Address, { connectMillisMax, pingEveryMillis }: ClientSettings) =>
  Effect.acquireRelease(
    Effect.callback<Socket, CannotConnect>((resume) => {
      const options = { keepAlive: true, keepAliveInitialDelay: pingEveryMillis }
      const socket = openSocket(address, options, (ready) => resume(Effect.succeed(ready)))
      socket.on("error", (cause: NodeJS.ErrnoException) =>
        resume(Effect.fail(cannotConnect(address, cause.code ?? cause.message)))
      )
      return Effect.sync(() => socket.destroy())
    }).pipe(
      Effect.timeoutOrElse({
        duration: connectMillisMax,
        orElse: () => Effect.fail(cannotConnect(address, "ETIMEDOUT"))
      })
    ),
    (socket) => Effect.sync(() => (socket.writableLength === 0 ? socket.destroySoon() : socket.destroy())),
    { interruptible: true }
  )

const cannotConnect = ({ host, port, tls }: Address, code: string): CannotConnect =>
  new CannotConnect({ host, port, code, hasCa: tls?.ca !== undefined })

/** Sends a request and notes it in one step, so that replies find their requests in order. */
const ask = (link: Link, request: Request): Effect.Effect<Reply, ConnectionEnded> =>
  Effect.suspend(() => {
    if (link.end !== undefined) return Effect.fail(link.end)
    const bytes = Buffer.from(`${JSON.stringify(request)}\n`)
    const { requestBytesMax } = link.settings
    if (bytes.length - 1 > requestBytesMax) return Effect.succeed(tooLong(requestBytesMax))
    const answer = Deferred.makeUnsafe<Reply, ConnectionEnded>()
    link.unanswered.push({ request, answer })
    link.socket.write(bytes)
    return awaitAnswer(link, answer)
  })

const tooLong = (requestBytesMax: number): Reply => ({
  status: "error",
  code: "too_large",
  message: `it is longer than ${requestBytesMax} bytes, so it was not sent`
})

const awaitAnswer = (
  link: Link,
  answer: Deferred.Deferred<Reply, ConnectionEnded>
): Effect.Effect<Reply, ConnectionEnded> =>
  Effect.timeoutOrElse(Deferred.await(answer), {
    duration: link.settings.answerMillisMax,
    orElse: () => {
      if (link.isBusy) return awaitAnswer(link, answer)
      finish(link, "no_answer")
      return Deferred.await(answer)
    }
  })

const read = Effect.fnUntraced(
  function* (link: Link, frames: Frames, onReceived: (received: Received) => Effect.Effect<void>) {
    while (true) {
      const chunk = yield* nextChunk(link.socket)
      if (link.isMute && isTlsAlert(chunk)) return finish(link, "speaks_tls")
      if (link.isMute && chunk.toString("latin1", 0, 5) === "HTTP/") return finish(link, "speaks_http")
      link.isMute = false
      frames.push(chunk)
      for (let text = frames.next(); text !== undefined; text = frames.next()) {
        if (typeof text !== "string") return finish(link, text === malformed ? "not_json" : "too_large")
        link.isBusy = true
        const received = understand(text, link.unanswered[0]?.request)
        yield* onReceived(received)
        link.isBusy = false
        answerWith(link, received)
      }
    }
  },
  (reading, link) =>
    Effect.catch(reading, (end) => Effect.sync(() => finish(link, end === "ended" ? "closed" : "lost")))
)

const answerWith = (link: Link, received: Received): void => {
  link.lastWords = undefined
  if (received.kind !== "reply") return
  const { reply } = received
  if (reply.status !== "success") link.lastWords = reply
  if (isGoodbye(reply)) return
  const question = link.unanswered.shift()
  if (question !== undefined) Deferred.doneUnsafe(question.answer, Effect.succeed(reply))
}

/** Called when the reader is done: a failure of `onReceived` is a bug, which those who wait for the end shall see. */
const stopped = (link: Link, exit: Exit.Exit<void>): void => {
  if (Exit.isFailure(exit) && Cause.hasDies(exit.cause))
    Deferred.doneUnsafe(link.ended, Exit.failCause(exit.cause))
  finish(link, "closed")
}

/** Ends the connection, and tells everyone who waits. Only the first reason counts. */
const finish = (link: Link, reason: ConnectionEnded["reason"]): void => {
  if (link.end !== undefined) return
  const { isMute, lastWords } = link
  link.end =
    lastWords?.code === "tls_required"
      ? new ConnectionEnded({ reason: "speaks_tls", lastWords: undefined, isMute })
      : new ConnectionEnded({ reason, lastWords, isMute })
  link.socket.destroySoon()
  Deferred.doneUnsafe(link.ended, Effect.succeed(link.end))
  for (const { answer } of link.unanswered.splice(0)) Deferred.doneUnsafe(answer, Effect.fail(link.end))
}
