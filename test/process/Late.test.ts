import net from "node:net"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { lateBehind } from "../../process/Late.ts"

/** A port that sends back what it is sent. */
const echo = Effect.acquireRelease(
  Effect.callback<net.Server>((resume) => {
    const server = net.createServer((socket) => void socket.on("error", () => {}).pipe(socket))
    server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
  }),
  (server) => Effect.sync(() => server.close())
).pipe(Effect.map((server) => (server.address() as net.AddressInfo).port))

/** Sends a text, and gives what has come back so far, and a promise of all of it. */
const sending = (port: number, text: string) => {
  let back = ""
  const socket = net.connect(port, "127.0.0.1")
  socket.on("error", () => {})
  const whole = new Promise<string>((resolve) =>
    socket.setEncoding("utf8").on("data", (more: string) => {
      back += more
      if (back.length >= text.length) resolve(back)
    })
  )
  socket.write(text)
  return { whole, sofar: () => back, end: () => socket.destroy() }
}

describe("A way that is late", () => {
  it.live("gives everything back, whole and in order", () =>
    Effect.gen(function* () {
      const { port } = yield* lateBehind(yield* echo, 1)
      const text = Array.from({ length: 300_000 }, (_, i) => `${i} `).join("")
      const { end, whole } = sending(port, text)
      assert.isTrue((yield* Effect.promise(() => whole)) === text)
      end()
    })
  )

  it.live("gives it back later than the port behind it", () =>
    Effect.gen(function* () {
      const behind = yield* echo
      const { port } = yield* lateBehind(behind, 600_000)
      const late = sending(port, "late")
      const direct = sending(behind, "direct")
      assert.strictEqual(yield* Effect.promise(() => direct.whole), "direct")
      assert.strictEqual(late.sofar(), "")
      for (const { end } of [late, direct]) end()
    })
  )
})
