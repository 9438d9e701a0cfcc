import { readFileSync } from "node:fs"
import net from "node:net"
import tls from "node:tls"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { makeCertificate } from "../../attack/Certificate.ts"
import { connect } from "../../harness/targets/Connect.ts"
import { self } from "../../harness/targets/Self.ts"
import { spawn } from "../../harness/targets/Spawn.ts"
import { type Trust, trustOf } from "../../harness/targets/Trust.ts"
import type { Client } from "../../mutants/chat/Chat.ts"
import { listen, makeChat } from "../../mutants/chat/makeChat.ts"
import { accepts, freePort } from "../../process/Port.ts"
import { parseAddress } from "../../src/net/Address.ts"
import { connectTo } from "../support/TestClient.ts"
import { told } from "./playing.ts"
import { common, failing, hello, playing } from "./targeting.ts"
import { dial } from "../support/dial.ts"

/** The outcome of a scenario over TLS, a reset included, or the reason for which there is none. */
const over = (command: string, trust: Trust | undefined) =>
  Effect.match(
    playing(
      `${hello}\n- bob is cut off\n- alice sees that bob is gone`,
      spawn({ command, port: undefined, ...common, trust })
    ),
    { onSuccess: told, onFailure: ({ reason }) => reason }
  )

const reply = (message: string) => JSON.stringify({ status: "success", message })

describe("--tls and --ca", () => {
  it.live("go on reading after a half-close, whatever came with what it waited for", () =>
    Effect.gen(function* () {
      const { ca, certFile, keyFile } = yield* makeCertificate
      const [cert, key] = [readFileSync(certFile), readFileSync(keyFile)]
      const server = yield* Effect.acquireRelease(
        Effect.callback<tls.Server>((resume) => {
          const server = tls.createServer({ cert, key, allowHalfOpen: true }, (socket) => {
            socket.on("error", () => undefined).on("end", () => socket.end())
            socket.on("data", (request) => {
              const isPing = request.includes("ping")
              socket.write(
                isPing ? reply("first").padEnd(16_384) + reply("second") : '{"status":"success","users":[]}'
              )
            })
          })
          server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
        }),
        (server) => Effect.sync(() => server.close())
      )
      const { port } = server.address() as net.AddressInfo
      const trust = { tls: { ca }, arguments: "" }
      const outcome = yield* playing(
        `- alice connects
- alice sends: { type: ping }
- alice receives: { status: success, message: first }
- alice half-closes: { at once: true }
- alice receives: { status: success, message: second }`,
        connect([{ host: "127.0.0.1", port }], trust)
      )
      assert.strictEqual(told(outcome), "passed")
    })
  )

  it.live("play over TLS, resets included, and say so where the server speaks none or is not trusted", () =>
    Effect.gen(function* () {
      const { certFile, keyFile } = yield* makeCertificate
      const command = `"${process.execPath}" bin/palabre.js serve --host 127.0.0.1 --port {port}`
      const secure = `${command} --tls-cert "${certFile}" --tls-key "${keyFile}"`
      const trusting = yield* Effect.orDie(trustOf(false, certFile))
      assert.strictEqual(yield* over(secure, trusting), "passed")
      assert.match(
        yield* over(secure, yield* Effect.orDie(trustOf(true, undefined))),
        /^the server's certificate is not trusted: pass it with --ca FILE \(DEPTH_ZERO/
      )
      assert.match(
        yield* over(command, trusting),
        /^this server does not speak TLS: leave out --tls and --ca$/
      )
      assert.match(yield* over(secure, undefined), /failed at alice logs in/)
    })
  )
})

describe("self", () => {
  it.live("is our own server, fresh for each scenario and after a restart", () =>
    Effect.gen(function* () {
      const target = self()
      for (const lines of [hello, hello, "- alice logs in\n- the server restarts\n- alice logs in"])
        assert.strictEqual(told(yield* playing(lines, target)), "passed")
    })
  )
})

/** A chat in this process that runs as long as the scope, and where it listens. */
const chatHere = Effect.gen(function* () {
  const chat = makeChat()
  const listener = yield* Effect.acquireRelease(
    Effect.promise(() => listen(chat, 0)),
    (listener) => Effect.sync(() => listener.close())
  )
  return { chat, port: (listener.address() as net.AddressInfo).port }
})

/** A server of ours that runs as long as the scope. */
const running = Effect.gen(function* () {
  const { host, port } = yield* self().start
  return connect([{ host, port }])
})

describe("--connect", () => {
  it.live(
    "is done only when the server has let go of everyone, so that the next scenario finds all seats free",
    () =>
      Effect.gen(function* () {
        const { chat, port } = yield* chatHere
        const served = new Set<Client>()
        const { accept } = chat
        chat.accept = (socket) => {
          accept(socket)
          for (const client of chat.clients) served.add(client)
        }
        yield* playing("- alice logs in\n- bob logs in", connect([{ host: "127.0.0.1", port }]))
        assert.strictEqual(served.size, 4) // who looks for strangers, both, and the newcomer at the end
        for (const { ended } of served) assert.isTrue(ended)
      })
  )

  it.live("waits for names that an earlier scenario of the run has used", () =>
    Effect.gen(function* () {
      const target = yield* running
      for (let round = 0; round < 5; round++)
        assert.strictEqual(told(yield* playing(hello, target)), "passed")
    })
  )

  it.live("passes strangers over, their names and what they say, and does without the names they hold", () =>
    Effect.gen(function* () {
      const target = yield* running
      const [, address = ""] = / (.+)$/.exec(target.arguments) ?? []
      const zed = yield* connectTo(parseAddress(address))
      yield* zed.login("zed")
      const all = `${hello}\n- alice asks who is there\n- alice receives: { status: success, users: [alice, bob] }`
      const chatter = setInterval(() => zed.send({ type: "message", content: "who are you?" }), 1)
      const outcome = yield* playing(all, target)
      clearInterval(chatter)
      assert.strictEqual(told(outcome), "passed")
      assert.include(outcome.notes.join(), "strangers are connected")
      yield* (yield* connectTo(parseAddress(address))).login("carol")
      assert.strictEqual(told(yield* playing(hello, target)), "skipped: strangers are logged in as carol")
    })
  )

  it.live("skips what needs to be alone where strangers are, and only there", () =>
    Effect.gen(function* () {
      const target = yield* running
      const alone =
        "- alice logs in\n- alice asks who is there\n- alice receives: { status: success, users: [alice] }"
      assert.strictEqual(told(yield* playing(alone, target, "needs: [alone]\n")), "passed")
      const { port } = yield* Effect.scoped(target.start)
      const stranger = dial(port)
      stranger.write('{"type":"login","username":"stranger"}\n')
      yield* Effect.promise(() => new Promise((resolve) => stranger.once("data", resolve)))
      const outcome = yield* playing(alone, target, "needs: [alone]\n")
      stranger.destroy()
      assert.strictEqual(told(outcome), "skipped: strangers are connected: stranger")
    })
  )

  it.live("our own server has a port that no system gives away while it restarts", () =>
    Effect.gen(function* () {
      const { port, restart } = yield* self().start
      assert.isBelow(port, 32_768)
      yield* restart
      assert.isTrue(yield* accepts(port))
    }).pipe(Effect.scoped)
  )

  it.live("tells where else on this machine somebody listens", () =>
    Effect.gen(function* () {
      const port = yield* freePort
      const server = net.createServer()
      yield* Effect.promise(() => new Promise<void>((done) => server.listen({ port, host: "::1" }, done)))
      const { reason } = yield* failing(connect([{ host: "127.0.0.1", port }]))
      server.close()
      assert.strictEqual(
        reason,
        `nobody accepts connections at 127.0.0.1:${port}, but somebody does at [::1]:${port}`
      )
    })
  )

  it.live("tells where nobody listens", () =>
    Effect.gen(function* () {
      const port = yield* freePort
      assert.strictEqual(
        (yield* failing(connect([{ host: "127.0.0.1", port }]))).reason,
        `nobody accepts connections at 127.0.0.1:${port}`
      )
    })
  )
})
