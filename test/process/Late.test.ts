import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { lateBehind } from "../../process/Late.ts"
import { echo } from "./echo.ts"
import { dial } from "../support/dial.ts"

/** Sends a text, and gives what has come back so far, and a promise of all of it. */
const sending = (port: number, text: string) => {
  let back = ""
  const socket = dial(port)
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
