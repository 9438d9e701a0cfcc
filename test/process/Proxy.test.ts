import net from "node:net"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { proxyTo } from "../../process/Proxy.ts"
import { echo } from "./echo.ts"

/** A connection: what came on it, and how it ended. */
class Ear {
  text = ""
  readonly socket: net.Socket
  readonly over: Promise<string>

  constructor(port: number) {
    this.socket = net.connect({ host: "127.0.0.1", port })
    this.socket.on("data", (chunk) => (this.text += chunk))
    this.over = new Promise((resolve) => {
      this.socket.on("error", ({ code }: NodeJS.ErrnoException) => resolve(code!))
      this.socket.on("close", () => resolve("closed"))
    })
  }

  readonly hears = (text: string) =>
    Effect.callback<void>((resume) => {
      const look = () => this.text === text && resume(Effect.void)
      this.socket.on("data", look)
      look()
    })

  /** Says something, and waits for the echo. */
  says(text: string) {
    const heard = this.text + text
    this.socket.write(text)
    return this.hears(heard)
  }
}

const through = Effect.gen(function* () {
  const port = yield* echo
  const proxy = yield* proxyTo(port)
  const ear = new Ear(proxy.port)
  yield* ear.says("a")
  return { ear, port, proxy }
})

describe("a proxy", () => {
  it.live("holds back what is said meanwhile, and lets it pass later", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { ear, port, proxy } = yield* through
        yield* proxy.treat("hold")
        const late = new Ear(proxy.port)
        for (const { socket } of [ear, late]) socket.write("b")
        yield* new Ear(port).says("beside it")
        assert.deepStrictEqual([ear.text, late.text], ["a", ""])
        yield* proxy.treat("pass")
        yield* ear.hears("ab")
        yield* late.hears("b")
      })
    )
  )

  for (const treatment of ["swallow", "muffle"] as const)
    it.live(`resets connections of which it had to ${treatment} something`, () =>
      Effect.scoped(
        Effect.gen(function* () {
          const { ear, port, proxy } = yield* through
          yield* proxy.treat(treatment)
          ear.socket.write("b")
          yield* new Ear(port).says("beside it")
          yield* proxy.treat("pass")
          assert.strictEqual(yield* Effect.promise(() => ear.over), "ECONNRESET")
          assert.strictEqual(ear.text, "a")
          yield* new Ear(proxy.port).says("c")
        })
      )
    )

  it.live("resets connections, and refuses new ones as long as it is told to", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { ear, proxy } = yield* through
        yield* proxy.cut
        assert.strictEqual(yield* Effect.promise(() => ear.over), "ECONNRESET")
        const next = new Ear(proxy.port)
        yield* next.says("b")
        yield* proxy.treat("refuse")
        assert.strictEqual(yield* Effect.promise(() => next.over), "ECONNRESET")
        assert.strictEqual(yield* Effect.promise(() => new Ear(proxy.port).over), "ECONNRESET")
        yield* proxy.treat("pass")
        yield* new Ear(proxy.port).says("c")
      })
    )
  )
})
