import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { ActorConnection } from "../../harness/stage/ActorConnection.ts"
import { Condition } from "../../harness/stage/Condition.ts"
import { waking, type WireEvent } from "../../harness/stage/WireEvent.ts"
import type { Json } from "../../harness/language/Json.ts"
import type { Change } from "../../mutants/chat/Chat.ts"
import { chat } from "./playing.ts"

/** A connection of alice to a chat, all that is told of it, and a way to wait for so many replies. */
const connected = Effect.fnUntraced(function* (
  change?: Change,
  filter = (value: Json): Json | undefined => value
) {
  const server = yield* chat(change).start
  const events: Array<WireEvent> = []
  const changed = new Condition()
  const wake = waking(changed)
  const listener = (event: WireEvent) => {
    events.push(event)
    wake(event)
  }
  const connection = yield* Effect.acquireRelease(
    ActorConnection.open(server, { actor: "alice", filter, listener }, 2_000),
    (open) => Effect.sync(() => open.reset())
  )
  const until = (tag: WireEvent["_tag"]) => changed.until(() => events.find(({ _tag }) => _tag === tag))
  return { connection, events, until }
})

const login = Buffer.from('{"type":"login","username":"alice"}\n')

describe("what is told of a connection", () => {
  it.live("is every step of an exchange in order, with its bytes", () =>
    Effect.gen(function* () {
      const { connection, events, until } = yield* connected()
      yield* connection.write(login)
      yield* until("Received")
      connection.close()
      assert.deepStrictEqual(
        events.map(({ _tag }) => _tag),
        ["Connected", "Sent", "Asked", "Wrote", "Read", "LoggedIn", "Received", "Changed", "Left"]
      )
      const [, sent, , , read] = events
      assert.deepStrictEqual(sent?._tag === "Sent" && sent.bytes, login)
      assert.match(String(read?._tag === "Read" && read.bytes), /^\{"status":"success".*\}\n$/)
      assert.isTrue(events.every(({ actor }) => actor === "alice"))
      assert.isTrue(events.every(({ atMillis }, n) => atMillis >= (events[n - 1]?.atMillis ?? 0)))
    }).pipe(Effect.scoped)
  )

  it.live("marks the requests of the harness itself, and keeps their replies to itself", () =>
    Effect.gen(function* () {
      const { connection, events, until } = yield* connected()
      const ticket = yield* connection.ask(Buffer.from('{"type"'))
      yield* until("Changed")
      const [, sent] = events
      assert.strictEqual(sent?._tag === "Sent" && String(sent.bytes.subarray(sent.hiddenBytes)), '{"type"')
      assert.isDefined(connection.requests.hiddenAnswer(ticket))
      assert.notInclude(
        events.map(({ _tag }) => _tag),
        "Received"
      )
    }).pipe(Effect.scoped)
  )

  it.live("is without what the filter drops", () =>
    Effect.gen(function* () {
      const { connection, events, until } = yield* connected(undefined, () => undefined)
      yield* connection.write(login)
      yield* until("LoggedIn")
      assert.deepStrictEqual([events.some(({ _tag }) => _tag === "Received"), connection.inbox], [false, []])
    }).pipe(Effect.scoped)
  )

  it.live("names own messages that come back, and the end", () =>
    Effect.gen(function* () {
      const { connection, events, until } = yield* connected((base) => ({
        message: (client, request) => {
          base.reply(client, base.event(client, request), request)
          base.end(client)
          return undefined
        }
      }))
      yield* connection.write(
        Buffer.concat([login, Buffer.from('{"type":"message","username":"alice","content":"a"}\n')])
      )
      yield* until("Ended")
      const told = events.filter(({ _tag }) => _tag === "Echoed" || _tag === "Ended")
      assert.deepStrictEqual(
        told.map(({ _tag, direction }) => [_tag, direction]),
        [
          ["Echoed", "in"],
          ["Ended", "in"]
        ]
      )
    }).pipe(Effect.scoped)
  )
})
