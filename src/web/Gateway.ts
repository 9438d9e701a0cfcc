import type { IncomingMessage, Server, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import type { Duplex } from "node:stream"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { WebSocketServer } from "ws"
import { AddressRanges } from "../net/AddressRanges.ts"
import { httpOptions, makeRoom } from "../net/HttpSockets.ts"
import { type Acceptor, type Listener, ListenFailed, type ListenOptions } from "../net/Listener.ts"
import { refusePlain } from "../net/PlainPeers.ts"
import type { KeyPair } from "../net/Tls.ts"
import { PageFile } from "./PageFile.ts"
import { clientAddress, refusalOf, type TrustRules } from "./Trust.ts"
import { WebSocketTransport } from "./WebSocketTransport.ts"

/** Options of a gateway. */
export interface GatewayOptions extends TrustRules, Omit<ListenOptions, "tls"> {
  /** Addresses of proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: ReadonlyArray<string>
  /** Longest message of a WebSocket. */
  readonly webMessageBytesMax: number
  /** Time between two checks that the peer is still there. */
  readonly webPingMillis: number
  /** Time that a peer has to close a WebSocket that is over. */
  readonly lingerMillisMax: number
  /** With it, it speaks HTTPS. */
  readonly tls: KeyPair | undefined
}

/** Connections that are no WebSocket yet, at once. */
const requestsMax = 256

/** Path of the WebSocket. */
const path = "/ws"

/**
 * Serves the page and WebSockets over HTTP until the scope closes: the same conversation as over TCP, through the same acceptor.
 * What a client sends is one stream of JSON values, whatever its messages; each message it gets is one or more lines.
 */
export const openGateway = (
  options: GatewayOptions,
  acceptor: Acceptor
): Effect.Effect<Listener, ListenFailed, Scope.Scope> =>
  Effect.gen(function* () {
    const { host, port } = options
    const open = new Set<WebSocketTransport>()
    const server = serverOf(options)
    makeRoom(server, requestsMax)
    server.on("request", answer(options))
    server.on("upgrade", upgrade(options, acceptor, open))
    const check = setInterval(() => {
      for (const transport of open) transport.check()
    }, options.webPingMillis)
    check.unref()
    yield* Effect.acquireRelease(listening(server, options, acceptor), () =>
      Effect.sync(() => {
        clearInterval(check)
        server.close()
        server.closeAllConnections()
      })
    )
    const address = server.address()
    return {
      address: { host, port: typeof address === "object" && address !== null ? address.port : port },
      renew: (pair) => {
        if ("setSecureContext" in server) (server as unknown as SecureServer).setSecureContext(pair)
      },
      dropHandshakes: () => server.closeAllConnections()
    }
  })

interface SecureServer {
  setSecureContext(pair: KeyPair): void
}

/** An HTTP server, which few palabre servers need, so that it is not imported. */
const serverOf = ({ highWaterMark, keepAliveMillis, tls }: GatewayOptions): Server => {
  const common = {
    ...httpOptions,
    highWaterMark,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveMillis
  }
  if (tls === undefined) return process.getBuiltinModule("node:http").createServer(common)
  const server = process.getBuiltinModule("node:https").createServer({ ...common, ...tls })
  refusePlain(server, () => plainRefusal)
  return server
}

/** The answer to a request of HTTP where HTTPS is spoken. */
const plainRefusal = [
  "HTTP/1.1 400 Bad Request",
  "Connection: close",
  "Content-Type: text/plain; charset=utf-8",
  "",
  "this port speaks TLS: write https:// in place of http://\n"
].join("\r\n")

const listening = (
  server: Server,
  { backlog, host, isIpv6Only: ipv6Only, port, reusesPort: reusePort }: GatewayOptions,
  { failed }: Acceptor
): Effect.Effect<void, ListenFailed> =>
  Effect.callback((resume) => {
    const refused = (error: NodeJS.ErrnoException) => {
      const code = error.code ?? error.message
      resume(Effect.fail(new ListenFailed({ host, port, code, flagPrefix: "web-" })))
    }
    server.once("error", refused)
    server.listen({ host, port, backlog, ipv6Only, reusePort }, () => {
      server.off("error", refused).on("error", failed)
      resume(Effect.void)
    })
  })

/** Answers plain requests: with the page, at `/`. */
const answer = (rules: TrustRules) => {
  const page = new PageFile()
  return (request: IncomingMessage, response: ServerResponse) => {
    const { headers, method, url = "" } = request
    const isRead = method === "GET" || method === "HEAD"
    if (url === "/healthz" && isRead) return say(response, 200, "ok")
    const refusal = refusalOf(headers, rules)
    if (refusal !== undefined) return say(response, 403, refusal)
    if (url === path) return say(response, 426, "this is for WebSockets")
    if (/^\/(?:\?|$)/.test(url) && isRead) return page.answer(headers, response)
    return say(response, 404, "there is nothing here")
  }
}

const say = (response: ServerResponse, status: number, text: string): void => {
  response.writeHead(status, {
    "Content-Type": "text/plain; charset=utf-8",
    "X-Content-Type-Options": "nosniff"
  })
  response.end(`${text}\n`)
}

/** Turns a request into a WebSocket, for which there must be a seat. */
const upgrade = (options: GatewayOptions, acceptor: Acceptor, open: Set<WebSocketTransport>) => {
  const proxies = new AddressRanges(options.trustedProxies)
  const webSocketOptions = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: options.webMessageBytesMax,
    skipUTF8Validation: true, // whoever reads the requests says what is wrong
    closeTimeout: options.lingerMillisMax // not in its types yet
  }
  const webSockets = new WebSocketServer(webSocketOptions)
  return (request: IncomingMessage, duplex: Duplex, head: Buffer) => {
    const socket = duplex as Socket
    socket.on("error", () => socket.destroy())
    const refusal = request.url === path ? refusalOf(request.headers, options) : "there is nothing here"
    if (refusal !== undefined) return refuse(socket, request.url === path ? 403 : 404, refusal)
    const forwardedFor = request.headers["x-forwarded-for"]
    const host = clientAddress(socket.remoteAddress, [forwardedFor].flat().join(), proxies)
    const seat = acceptor.accept({ remoteAddress: host })
    if (seat === undefined) return socket.resetAndDestroy()
    let isServed = false
    socket.once("close", () => {
      if (!isServed) acceptor.miss(seat)
    })
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      isServed = true
      const peer = { host: host ?? "?", port: socket.remotePort ?? 0 }
      const transport = new WebSocketTransport(webSocket, socket, peer)
      open.add(transport)
      webSocket.once("close", () => open.delete(transport))
      acceptor.serve(transport, seat)
    })
  }
}

const refuse = (socket: Socket, status: 403 | 404, text: string): void => {
  const { STATUS_CODES } = process.getBuiltinModule("node:http")
  socket.write(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n` +
      `Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(text) + 1}\r\n\r\n${text}\n`
  )
  socket.destroySoon()
}
