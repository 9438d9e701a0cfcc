import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { server } from "../support/server.ts"
import { connectAs } from "../support/TestClient.ts"

// Slices of 2 and batches of 1 KiB: every broadcast is spread over many turns of the event loop.
layer(server({ sliceRecipients: 2, batchBytesMax: 1_024 }))("Order", (it) => {
  it.effect("LIST-1, LIST-2, PRES-1: a list has those of whom was told that they are there", () =>
    Effect.gen(function* () {
      const watcher = yield* connectAs("watcher", "presence")
      const speaker = yield* connectAs("speaker")
      yield* Effect.forEach(
        Array.from({ length: 10 }, (_, i) => `reader ${i}`),
        (name) => connectAs(name)
      )
      yield* watcher.before
      const { users } = yield* watcher.ask({ type: "list" })
      const present = new Set<string>(users)
      for (let i = 0; i < 30; i++) {
        const guest = yield* connectAs(`guest ${i}`)
        for (let k = 0; k < 20; k++) speaker.send({ type: "message", content: "x".repeat(200) })
        watcher.send({ type: "list" })
        guest.send({ type: "logout" })
        yield* guest.rest
        watcher.send({ type: "list" })
      }
      let lists = 0
      while (lists < 60) {
        const { type, username, users } = yield* watcher.next
        if (type === "joined") present.add(username)
        else if (type === "left") present.delete(username)
        else if (users !== undefined) {
          assert.deepStrictEqual(users, [...present])
          lists++
        }
      }
    })
  )
})
