import { existsSync, readFileSync } from "node:fs"
import type { Socket } from "node:net"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { openFilesMax } from "../src/net/OpenFiles.ts"
import { serving } from "./support/program.ts"
import { connectTo } from "./support/TestClient.ts"
import { dial } from "./support/dial.ts"

/** Connections that never log in, as many as this process can open. */
const idlers = Math.min(5_000, openFilesMax() - 200)

/** What one of them may cost the server, the kernel's buffers aside. */
const bytesEachMax = 20 * 1024

const residentBytes = (pid: number): number => {
  const file = `/proc/${pid}/status`
  if (!existsSync(file)) return 0 // not Linux: then only the counts are looked at
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(file, "utf8"))?.[1]) * 1024
}

/** Opens a connection that sends nothing, or a byte of an endless request each second; `ended` is all it was told. */
const idle = (
  port: number,
  isDripping: boolean
): { readonly socket: Socket; readonly ended: Promise<string> } => {
  const socket = dial(port)
  const drip = isDripping ? setInterval(() => socket.write("["), 1_000) : undefined
  let told = ""
  socket.on("data", (data) => {
    told += String(data)
  })
  const ended = new Promise<string>((resolve) => {
    socket.on("close", () => {
      clearInterval(drip)
      resolve(told)
    })
  })
  return { socket, ended }
}

it.live(
  "CONC-1: thousands who send nothing, or a byte a second, cost bounded memory, leave the chat usable and are told login_timeout",
  () =>
    Effect.gen(function* () {
      const { child, port } = yield* Effect.promise(
        () => serving("--login-timeout", "6s", "--linger", "1m", "--log-level", "error") // this process is slow to read, too
      )
      const address = { host: "127.0.0.1", port }
      const [alice, bob] = [yield* connectTo(address), yield* connectTo(address)]
      yield* alice.login("alice")
      yield* bob.login("bob")
      const before = residentBytes(child.pid!)
      const crowd = Array.from({ length: idlers }, (_, i) => idle(port, i % 2 === 0))
      yield* Effect.promise(() =>
        Promise.all(crowd.map(({ socket }) => new Promise((resolve) => socket.once("connect", resolve))))
      )
      for (let i = 0; i < 20; i++) {
        assert.strictEqual((yield* alice.ask({ type: "message", content: `${i}` })).status, "success")
        assert.strictEqual((yield* bob.next).content, `${i}`)
      }
      assert.isAtMost(residentBytes(child.pid!) - before, idlers * bytesEachMax)
      const told = yield* Effect.promise(() => Promise.all(crowd.map(({ ended }) => ended)))
      assert.strictEqual(told.filter((text) => text.includes('"login_timeout"')).length, idlers)
      assert.deepStrictEqual((yield* bob.ask({ type: "list" })).users, ["alice", "bob"])
    }).pipe(Effect.scoped)
)
