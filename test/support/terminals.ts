import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Address } from "../../src/net/Address.ts"
import { Servers } from "../../src/client/Servers.ts"
import { type TerminalSettings, terminalSettings } from "../../src/client/Chat.ts"
import { runTerminal } from "../../src/client/Terminal.ts"
import { features } from "../../src/Protocol.ts"
import { type ScriptedServer, scriptedServer } from "./ScriptedServer.ts"
import { VirtualTerminal, type VirtualTerminalOptions } from "./VirtualTerminal.ts"

interface StartOptions extends VirtualTerminalOptions {
  readonly username?: string
  readonly room?: string
  readonly hasBell?: boolean
  readonly settings?: TerminalSettings
  /** More servers of the same chat. */
  readonly others?: ReadonlyArray<Address>
}

/** A person's client in a terminal of its own. */
export const start = Effect.fnUntraced(function* (
  address: Address,
  { hasBell = false, others = [], room, settings = terminalSettings, username, ...window }: StartOptions = {}
) {
  const terminal = new VirtualTerminal(window)
  const { input, output } = terminal
  const running = yield* runTerminal({
    servers: new Servers([address, ...others]),
    username,
    room,
    input,
    output,
    isDumb: false,
    hasBell,
    settings
  }).pipe(Effect.scoped, Effect.forkScoped({ startImmediately: true }))
  return { terminal, running }
})

/** Takes the next connection, which must log in under this name. */
export const expectLogin = Effect.fnUntraced(function* ({ accept }: ScriptedServer, username = "alice") {
  const peer = yield* accept
  yield* Effect.addFinalizer(() => Effect.sync(() => peer.socket.destroy())) // so that no logout waits for an answer
  const { epoch, seen, session, ...login } = yield* peer.next
  assert.deepStrictEqual(login, { type: "login", username, features })
  return Object.assign(peer, { resumes: { epoch, seen, session } })
})

/** Grants the next connection its name, and answers its first question; `granted` is the rest of the login's reply. */
export const admit = Effect.fnUntraced(function* (
  scripted: ScriptedServer,
  username = "alice",
  granted: object = {}
) {
  const peer = yield* expectLogin(scripted, username)
  peer.send({ status: "success", message: `Bienvenue, ${username}`, ...granted })
  assert.deepStrictEqual(yield* peer.next, { type: "list" })
  peer.send({ status: "success", users: [username] })
  return peer
})

/** What a server that has everything adds to the reply to a first login. */
export const everything = { features, session: "c2VjcmV0LXNlY3JldC1zZWNyZXQ", epoch: "x7", last: 41 }

/** alice at a terminal, logged in to a scripted server. */
export const online = Effect.fnUntraced(function* (window: StartOptions = {}, granted: object = {}) {
  const scripted = yield* scriptedServer
  const { running, terminal } = yield* start(scripted.address, { username: "alice", ...window })
  const peer = yield* admit(scripted, "alice", granted)
  yield* terminal.shows("1 here: alice")
  return { peer, running, scripted, terminal }
})

export const says = (username: string, content: string) => ({ type: "message", username, content })
