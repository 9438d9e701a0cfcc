import { type AddressInfo, createServer, type Socket } from "node:net"
import * as Effect from "effect/Effect"
import { type ClientOptions, WebSocket } from "ws"
import { type Server, type Target, TargetFailed } from "../stage/Target.ts"

/** The same target, whose clients speak to the WebSocket at this URL. */
export const overWebSockets = (target: Target, urlOf: (server: Server) => string): Target => ({
  ...target,
  endsWhole: true,
  start: Effect.gen(function* () {
    const server = yield* target.start
    const { allEnded, host, port } = yield* wayTo(urlOf(server), server.tls?.ca)
    const restart = Effect.andThen(server.restart, allEnded)
    return { ...server, host, port, tls: undefined, restart }
  })
})

/** A way to the WebSocket at a URL for clients that speak TCP, for as long as the scope lasts: the address to connect to. */
export const wayTo = Effect.fnUntraced(function* (url: string, ca?: Buffer) {
  const options = { perMessageDeflate: false, ca }
  yield* tryOnce(url, options)
  return { host: "127.0.0.1", ...(yield* bridge(url, options)) }
})

/** Opens a WebSocket and closes it, to say why where that cannot be. */
const tryOnce = (url: string, options: ClientOptions): Effect.Effect<void, TargetFailed> =>
  Effect.callback((resume) => {
    const webSocket = new WebSocket(url, options)
    const fail = (why: string) =>
      resume(
        Effect.fail(new TargetFailed({ reason: `there is no WebSocket at ${url}: ${why}`, lastLines: [] }))
      )
    webSocket.once("open", () => {
      webSocket.terminate()
      resume(Effect.void)
    })
    webSocket.on("error", (error: NodeJS.ErrnoException) => fail(error.code ?? error.message))
    webSocket.once("unexpected-response", (request, { statusCode, statusMessage }) => {
      fail(`the server answered ${statusCode} ${statusMessage}`)
      request.destroy()
    })
    return Effect.sync(() => webSocket.terminate())
  })

/**
 * Listens on a free port of loopback for as long as the scope lasts. Each connection there goes on
 * as a WebSocket of its own to the server, with the same bytes. It ends as the WebSocket ends, and the other way round.
 */
const bridge = Effect.fnUntraced(function* (url: string, options: ClientOptions) {
  const open = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (client) => {
    open.add(client)
    client.once("close", () => open.delete(client))
    join(client, new WebSocket(url, options))
  })
  yield* Effect.acquireRelease(
    Effect.callback<void, TargetFailed>((resume) => {
      server.once("error", ({ message }) =>
        resume(Effect.fail(new TargetFailed({ reason: message, lastLines: [] })))
      )
      server.listen(0, "127.0.0.1", () => resume(Effect.void))
    }),
    () =>
      Effect.sync(() => {
        server.close()
        for (const client of open) client.destroy()
      })
  )
  return {
    port: (server.address() as AddressInfo).port,
    /** Done once all connections that are open now have ended. */
    allEnded: Effect.suspend(() => Effect.forEach(open, ended, { concurrency: "unbounded", discard: true }))
  }
})

/** Done once a connection has told its client that it is over. */
const ended = (client: Socket): Effect.Effect<void> =>
  Effect.callback((resume) => {
    if (client.writableFinished || client.destroyed) return resume(Effect.void)
    client.once("finish", () => resume(Effect.void)).once("close", () => resume(Effect.void))
  })

const join = (client: Socket, webSocket: WebSocket): void => {
  webSocket.on("error", () => {}) // a close follows
  webSocket.on("open", () => {
    client.on("data", (bytes: Buffer) => {
      client.pause()
      webSocket.send(bytes, () => client.resume())
    })
    client.once("end", () => webSocket.close())
    client.resume()
  })
  webSocket.on("message", (message: Buffer) => {
    if (client.write(message)) return
    webSocket.pause()
    client.once("drain", () => webSocket.resume())
  })
  webSocket.on("close", (code) => {
    if (code === ABNORMAL_CLOSURE) client.resetAndDestroy()
    else client.end()
  })
  client.on("error", () => webSocket.terminate())
  client.once("close", () => webSocket.terminate())
}

/** The status of a WebSocket that ended without a closing handshake (RFC 6455, 7.4.1). */
const ABNORMAL_CLOSURE = 1006
