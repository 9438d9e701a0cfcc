import { execFileSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { start } from "../process/Process.ts"
import { Server } from "../src/Server.ts"
import { defaults } from "../src/settings/Settings.ts"
import { flood } from "./support/flood.ts"
import { server } from "./support/server.ts"
import { connectAs } from "./support/TestClient.ts"

const ip = (...words: ReadonlyArray<string>): void => {
  execFileSync("ip", words, { stdio: ["ignore", "ignore", "pipe"] })
}

/** Two addresses on a network of their own, the second one in a namespace of its own. */
const names = { space: `palabre-${process.pid}`, here: `pal${process.pid}a`, there: `pal${process.pid}b` }
const subnet = `10.213.${(process.pid >> 6) & 255}`
const addresses = {
  here: `${subnet}.${4 * (process.pid & 63) + 1}`,
  there: `${subnet}.${4 * (process.pid & 63) + 2}`
}

const network = Effect.acquireRelease(
  Effect.sync(() => {
    const { here, space, there } = names
    ip("netns", "add", space)
    ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", space)
    ip("address", "add", `${addresses.here}/30`, "dev", here)
    ip("link", "set", here, "up")
    ip("-n", space, "address", "add", `${addresses.there}/30`, "dev", there)
    ip("-n", space, "link", "set", there, "up")
  }),
  () =>
    Effect.sync(() => {
      ip("link", "del", names.here)
      ip("netns", "del", names.space)
    })
)

/** A client in the namespace, which says nothing more once it is logged in; it prints the size of each piece that it reads. */
const farClient = Effect.fnUntraced(function* (port: number, bytesPerSecond = Infinity) {
  const script = `const socket = require("node:net").connect(${port}, "${addresses.here}")
    socket.write('{"type":"login","username":"far"}')
    let pieces = 0
    socket.on("data", ({ length }) => {
      console.log("piece", pieces++)
      if (${bytesPerSecond} === Infinity) return
      socket.pause()
      setTimeout(() => socket.resume(), (length / ${bytesPerSecond}) * 1_000)
    })`
  const client = yield* start({
    command: ["ip", "netns", "exec", names.space, process.execPath, "-e", script]
  })
  yield* client.prints(/piece 0/)
  return client
})

const mayMakeNetworks = (): boolean => {
  try {
    ip("netns", "add", names.space)
    ip("netns", "del", names.space)
    return true
  } catch {
    return false
  }
}

describe("A peer that vanished", () => {
  it.live.skipIf(!mayMakeNetworks())(
    "LEAVE-3: its name is free within the keep-alive time (needs root and Linux's network namespaces)",
    () =>
      Effect.gen(function* () {
        yield* network
        const visit = Effect.gen(function* () {
          const watcher = yield* connectAs("watcher", "presence")
          const { port } = (yield* Server).addresses[0]!
          yield* farClient(port)
          assert.deepStrictEqual(yield* watcher.next, { type: "joined", username: "far" })
          ip("link", "set", names.here, "down")
          assert.deepStrictEqual(yield* watcher.next, { type: "left", username: "far" })
          yield* connectAs("far")
        })
        const hosts = ["127.0.0.1", addresses.here]
        yield* Effect.scoped(visit).pipe(Effect.provide(server({ hosts, keepAliveMillis: 1_000 })))
      }).pipe(Effect.scoped)
  )
})

/** Eight times what `public` has: what the system takes first is filled eight times as fast. */
const fast = {
  roomRate: 8 * defaults("public").roomRate!,
  readerReserveBytes: 8 * defaults("public").readerReserveBytes
}

describe("A reader elsewhere", () => {
  it.live.skipIf(!mayMakeNetworks())(
    "MSG-10: one of --reader-rate keeps its place while a room says no more than the reserve (needs root and namespaces)",
    () =>
      Effect.gen(function* () {
        yield* network
        const visit = Effect.gen(function* () {
          const { port } = (yield* Server).addresses[0]!
          const far = yield* farClient(port, defaults().readerRate)
          const bystander = yield* connectAs("bystander", "presence")
          for (const speaker of yield* Effect.forEach([0, 1, 2], (i) => connectAs(`speaker ${i}`)))
            flood(speaker)
          yield* far.prints(/piece 12/)
          const heard = yield* bystander.before
          assert.deepStrictEqual(
            heard.filter(({ type }) => type === "left"),
            []
          )
        })
        const hosts = ["127.0.0.1", addresses.here]
        yield* Effect.scoped(visit).pipe(Effect.provide(server({ hosts, ...fast })))
      }).pipe(Effect.scoped)
  )
})
