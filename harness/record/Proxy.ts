import { type AddressInfo, createServer, type Server, type Socket } from "node:net"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { Address } from "../../src/net/Address.ts"
import { openSocket } from "../../src/net/OpenSocket.ts"
import type { Recording } from "./Recording.ts"

/** The proxy cannot listen. */
export class CannotListen extends Data.TaggedError("CannotListen")<{ readonly reason: string }> {}

/** What a proxy tells while it passes bytes on. */
export interface ProxyListener {
  /** A client could not be connected to the server. */
  readonly onUnreachable: (reason: string) => void
  /** The last client has left. */
  readonly onEmpty: () => void
}

/**
 * Listens on this port of loopback (0 for a free one) for as long as the scope lasts, and gives the port. It passes on
 * all bytes and ends between each client and a connection of its own to the server, and the recording follows.
 */
export const proxy = Effect.fnUntraced(function* (
  to: Address,
  port: number,
  recording: Recording,
  listener: ProxyListener
) {
  const open = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (client) => {
    let isReached = false
    const peer = openSocket(to, { allowHalfOpen: true }, (up) => {
      isReached = true
      passOn(client, up, recording)
    })
    open.add(client)
    peer.on("error", ({ message }) => {
      if (!isReached) listener.onUnreachable(message)
      client.resetAndDestroy()
    })
    client.on("error", () => peer.resetAndDestroy())
    client.once("close", () => {
      peer.destroySoon()
      open.delete(client)
      if (open.size === 0) listener.onEmpty()
    })
  })
  yield* Effect.acquireRelease(listening(server, port), () =>
    Effect.sync(() => {
      server.close()
      for (const client of open) client.destroy()
    })
  )
  return (server.address() as AddressInfo).port
})

const listening = (server: Server, port: number): Effect.Effect<void, CannotListen> =>
  Effect.callback((resume) => {
    server.once("error", ({ message }) => resume(Effect.fail(new CannotListen({ reason: message }))))
    server.listen(port, "127.0.0.1", () => resume(Effect.void))
  })

/** Passes on bytes and ends, as fast as the other side takes them. */
const passOn = (client: Socket, up: Socket, recording: Recording): void => {
  const following = recording.follow()
  client.on("data", (bytes: Buffer) => following.sent(bytes))
  client.once("end", () => following.left("close"))
  client.once("error", () => following.left("reset"))
  up.on("data", (bytes: Buffer) => following.received(bytes))
  up.once("end", () => following.ended())
  up.once("error", () => {
    following.ended()
    client.resetAndDestroy()
  })
  client.pipe(up)
  up.pipe(client)
}
