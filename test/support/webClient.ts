import type { Socket } from "node:net"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type ClientOptions, createWebSocketStream, WebSocket } from "ws"
import type { Address } from "../../src/net/Address.ts"
import { TestClient } from "./TestClient.ts"

/** A client over a WebSocket, and the messages that it got, as texts. */
export class WebClient extends TestClient {
  readonly webSocket: WebSocket
  readonly messages: Array<string> = []
  /** Messages that were not text. */
  strangeMessages = 0

  constructor(webSocket: WebSocket) {
    super(createWebSocketStream(webSocket) as unknown as Socket)
    this.webSocket = webSocket
    webSocket.on("message", (message: Buffer, isBinary) => {
      this.messages.push(message.toString())
      if (isBinary) this.strangeMessages++
    })
  }
}

/** The answer to a request for a WebSocket that was refused. */
export interface Refused {
  readonly status: number
  readonly text: string
}

const urlOf = ({ host, port, tls }: Address) => `${tls === undefined ? "ws" : "wss"}://${host}:${port}/ws`

/** Opens a WebSocket; gives the answer of the server where it refuses. */
export const openWeb = (
  address: Address,
  options: ClientOptions = {},
  url = urlOf(address)
): Effect.Effect<WebClient | Refused, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<WebClient | Refused>((resume) => {
      const webSocket = new WebSocket(url, { perMessageDeflate: false, ca: address.tls?.ca, ...options })
      const client = new WebClient(webSocket)
      webSocket.once("open", () => resume(Effect.succeed(client)))
      webSocket.on("error", (error) => resume(Effect.die(error)))
      webSocket.once("unexpected-response", (_, response) => {
        const chunks: Array<Buffer> = []
        response.on("data", (chunk: Buffer) => chunks.push(chunk))
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString().trim()
          resume(Effect.succeed({ status: response.statusCode ?? 0, text }))
        })
      })
    }),
    (client) =>
      Effect.sync(() => {
        if (client instanceof WebClient) client.webSocket.terminate()
      })
  )

/** The same, where nothing is refused. */
export const connectWeb = (
  address: Address,
  options?: ClientOptions
): Effect.Effect<WebClient, never, Scope.Scope> =>
  Effect.filterOrElse(
    openWeb(address, options),
    (client) => client instanceof WebClient,
    (refused) => Effect.die(new Error(JSON.stringify(refused)))
  )
