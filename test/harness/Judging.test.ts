import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type Change } from "../../mutants/chat/Chat.ts"
import { chat, knowledgeOf, playing, scenarioOf, steps, told } from "./playing.ts"

const hello = "{ type: message, username: alice, content: hello }"
const talk = `
- alice logs in
- bob logs in
- alice says: hello
- bob receives: ${hello}
`

const ackLate: Change = (base) => ({
  message: (client, request) => {
    const reply = base.message(client, request)
    return new Promise((resolve) => setImmediate(() => resolve(reply)))
  }
})

const ackFirst: Change = (base) => ({
  message: (client, request) => {
    base.reply(client, base.sent(), request)
    base.broadcast(client, base.event(client, request))
    return undefined
  }
})

/** Ends everyone else whenever somebody speaks. */
const endsOthers: Change = (base) => ({
  message: (client, request) => {
    const reply = base.message(client, request)
    for (const other of base.recipients(client)) base.end(other)
    return reply
  }
})

/** Serves eight clients and not one more. */
const eightSeats: Change = (base) => ({
  accept(socket) {
    if (base.clients.size >= 8) socket.destroy()
    else base.accept(socket)
  }
})

/** Serves eight clients, and resets whoever is one more. */
const eightSeatsAndReset: Change = (base) => ({
  accept(socket) {
    if (base.clients.size >= 8) socket.resetAndDestroy()
    else base.accept(socket)
  }
})

describe("a server of eight seats is never asked for a ninth", () => {
  const endings: Record<string, ReadonlyArray<string>> = {
    "when all stay": [],
    "when one is silent": ["guest1 goes silent"],
    "when all come back": [
      "every guest reconnects",
      "at the same time: [every guest tries to log in as carol]",
      "one of every guest receives: { status: success }",
      "the others are refused"
    ],
    "when one is cut off and comes back": ["guest1 is cut off", "guest1 logs in as carol"],
    "when one logs out and comes back": ["guest1 logs out", "guest1 connects", "guest1 logs in as carol"],
    "when one was silent and comes back": [
      "guest1 goes silent",
      "guest1 reconnects",
      "guest1 logs in as carol"
    ]
  }
  for (const [when, more] of Object.entries(endings))
    for (const change of [eightSeats, eightSeatsAndReset])
      it.live(`${when} (${change === eightSeats ? "FIN" : "RST"})`, () =>
        Effect.gen(function* () {
          const lines = ["every guest logs in", ...more].map((line) => `  - ${line}\n`)
          const eight = scenarioOf(
            `scenario: eight\ncast: { guest: { count: 8 } }\nsteps:\n${lines.join("")}`
          )
          assert.strictEqual(told(yield* playing(eight, chat(change))), "passed")
        })
      )
})

describe("two lanes: order is judged within each, not between them", () => {
  for (const [name, change] of Object.entries({ ackLate, ackFirst }))
    it.live(name, () =>
      Effect.gen(function* () {
        const outcome = yield* playing(
          `${talk}- bob says: welcome\n- alice receives: { type: message, content: welcome }`,
          chat(change)
        )
        assert.strictEqual(told(outcome), "passed")
      })
    )

  it.live("`receives in this order` looks at both, and nothing may come between", () =>
    Effect.gen(function* () {
      const scenario = `
- alice logs in
- bob logs in
- at the same time: [alice says: hello]
- bob asks who is there
- bob receives in this order: [{ status: success, users: $_ }, { type: message }]`
      const outcome = yield* playing(scenario, chat())
      assert.match(told(outcome), /^failed at bob receives in this order: .*received \{"type":"message"/)
    })
  )
})

const twice: Change = (base) => ({
  broadcast: (from, event) => {
    void base.broadcast(from, event)
    void base.broadcast(from, event)
  }
})

describe("a fence, not a sleep, shows that nothing comes", () => {
  const nothing = `${talk}- alice receives nothing`
  it.live("it passes where nothing comes", () =>
    Effect.gen(function* () {
      assert.strictEqual(told(yield* playing(nothing, chat())), "passed")
    })
  )

  it.live("it shows what came: here a message that nobody sent", () =>
    Effect.gen(function* () {
      const outcome = yield* playing(
        nothing,
        chat((base) => ({
          broadcast: (from, event) => {
            void base.broadcast(from, event)
            base.send(from, { type: "message", username: "bob", content: "what?" })
          }
        }))
      )
      assert.strictEqual(
        told(outcome),
        'failed at alice receives nothing: expected nothing, received {"type":"message","username":"bob","content":"what?"}'
      )
    })
  )

  it.live("what a leaver has received is judged before it leaves, unless it leaves at once", () =>
    Effect.gen(function* () {
      assert.match(
        told(yield* playing(`${talk}- bob disconnects`, chat(twice))),
        /^failed at bob disconnects: expected no more messages before it leaves, received \{"type":"message"/
      )
      assert.strictEqual(
        told(yield* playing(`${talk}- bob disconnects: { at once: true }`, chat(twice))),
        "passed"
      )
    })
  )

  it.live("a message that comes back to its sender is noted, and the scenario goes on", () =>
    Effect.gen(function* () {
      const outcome = yield* playing(
        nothing,
        chat((base) => ({ recipients: (from) => [...base.recipients(from), from] }))
      )
      assert.strictEqual(told(outcome), "passed")
      assert.deepStrictEqual([...outcome.broken.keys()], ["MSG-3"])
    })
  )

  it.live("it waits for servers that deliver after they have acknowledged", () =>
    Effect.gen(function* () {
      // What is delivered late still comes before the answer to the receiver's own list, as in a queue.
      let late: Promise<unknown> = Promise.resolve()
      const change: Change = (base) => ({
        broadcast: (from, event) => {
          late = new Promise<void>((resolve) =>
            setTimeout(() => {
              void base.broadcast(from, event)
              resolve()
            }, 20)
          )
        },
        list: async (client, request) => {
          await late
          return base.list(client, request)
        },
        recipients: (from) => [...base.recipients(from), from]
      })
      const outcome = yield* playing(
        "- alice logs in\n- alice says: hello\n- alice receives nothing",
        chat(change)
      )
      assert.deepStrictEqual([...outcome.broken.keys()], ["MSG-3"])
    })
  )

  it.live("where nobody answers list it waits instead, says so, and only that clause fails", () =>
    Effect.gen(function* () {
      const target = { ...chat(() => ({ list: () => undefined })), settleMillis: 20 }
      const outcome = yield* playing(`${talk}- alice receives nothing`, target)
      assert.strictEqual(told(outcome), "passed")
      assert.include(outcome.notes.join(), "the server does not answer list")
      const listing = steps(
        "- alice logs in\n- alice asks who is there\n- alice receives: { status: success, users: [alice] }",
        "proves: [LIST-1]\n"
      )
      assert.deepStrictEqual(
        [...(yield* playing(listing, target)).clauses],
        [["LIST-1", { verdict: "failed" }]]
      )
      const leaving = steps(
        `${talk}- bob disconnects\n- alice sees that bob is gone\n- alice asks who is there\n- alice receives: { status: success, users: [alice] }`,
        "proves: [LEAVE-1]\nwithin: 100ms\n"
      )
      assert.deepStrictEqual(
        [...(yield* playing(leaving, target)).clauses],
        [["LEAVE-1", { verdict: "not_reached", by: "LIST-1" }]]
      )
    })
  )

  it.live("a sender that hears itself breaks MSG-3 alone, and hides nothing", () =>
    Effect.gen(function* () {
      const echoing = chat((base) => ({ recipients: () => [...base.members.values()] }))
      const outcome = yield* playing(
        steps(`${talk}- everyone receives nothing`, "proves: [MSG-1, MSG-3]\n"),
        echoing
      )
      assert.deepStrictEqual(Object.fromEntries(outcome.clauses), {
        "MSG-1": { verdict: "passed" },
        "MSG-3": { verdict: "failed" }
      })
    })
  )

  it.live("one list that is not answered is a failure, where another server of the target answers it", () =>
    Effect.gen(function* () {
      let asked = 0
      const target = chat((base) => ({
        list: (client, request) => (asked++ === 0 ? undefined : base.list(client, request))
      }))
      const head = "proves: [MSG-1]\nwithin: 100ms\n"
      const outcome = yield* playing(steps(`${talk}- alice receives nothing`, head), target)
      assert.match(
        told(outcome),
        /^failed at alice logs in: expected an answer to alice.s hidden list request/
      )
      assert.strictEqual(knowledgeOf(target).fences, "list")
      assert.strictEqual(told(yield* playing(`${talk}- alice receives nothing`, target)), "passed")
    })
  )

  it.live("a server that closes on list is not asked again", () =>
    Effect.gen(function* () {
      const target = { ...chat((base) => ({ list: (client) => void base.end(client) })), settleMillis: 20 }
      assert.strictEqual(told(yield* playing(`${talk}- alice receives nothing`, target)), "passed")
      assert.strictEqual(knowledgeOf(target).fences, "settle")
    })
  )

  it.live("clients that are not logged in are never asked; the report says so", () =>
    Effect.gen(function* () {
      const outcome = yield* playing(
        "- alice logs in\n- bob connects\n- bob receives nothing",
        chat((base) => ({
          list: (client, request) =>
            client.name === undefined ? void base.end(client) : base.list(client, request)
        }))
      )
      assert.strictEqual(told(outcome), "passed")
      assert.include(outcome.notes.join(), "bob cannot be asked")
    })
  )
})

describe("the end", () => {
  it.live("fails where something waits that nobody has asked for", () =>
    Effect.gen(function* () {
      const outcome = yield* playing("- alice logs in\n- bob logs in\n- alice says: hello", chat())
      assert.strictEqual(
        told(outcome),
        'failed at the end: expected nothing, received {"type":"message","username":"alice","content":"hello"}'
      )
    })
  )

  it.live("fails where the server has ended a connection unasked", () =>
    Effect.gen(function* () {
      const outcome = yield* playing(
        `- alice logs in\n- bob logs in\n- alice says: hello\n- bob may receive: ${hello}`,
        chat(endsOthers)
      )
      assert.strictEqual(
        told(outcome),
        "failed at the end: expected bob stays connected, received the server closed the connection"
      )
    })
  )

  it.live("fails where half an object is left over", () =>
    Effect.gen(function* () {
      const outcome = yield* playing(
        "- alice logs in",
        chat((base) => ({ encode: (object) => `${base.encode(object)}{"half` }))
      )
      assert.match(told(outcome), /^failed/)
    })
  )

  it.live("fails where a new client cannot log in any more", () =>
    Effect.gen(function* () {
      let logins = 0
      const outcome = yield* playing(
        "- alice logs in",
        chat((base) => ({
          login: (client, request) =>
            ++logins > 1 ? base.refusal("invalid_request", client) : base.login(client, request)
        }))
      )
      assert.match(
        told(outcome),
        /^failed at the end: expected a new client can still log in at the end .*, received \{"status":"error"/
      )
    })
  )

  it.live("comes before `after`, which is played in any case", () =>
    Effect.gen(function* () {
      const said: Array<unknown> = []
      const change: Change = (base) => ({
        message: (client, request) => {
          said.push(request["content"])
          return base.message(client, request)
        }
      })
      const scenario = steps(
        "- alice logs in\n- alice receives: { type: message }",
        "after:\n  - alice says: goodbye\n"
      )
      assert.match(told(yield* playing(scenario, chat(change))), /^failed at alice receives/)
      assert.deepStrictEqual(said, ["goodbye"])
    })
  )
})

describe("bytes that are no JSON are in everybody's way", () => {
  it.live("they are shown as they are", () =>
    Effect.gen(function* () {
      const outcome = yield* playing(
        "- alice logs in",
        chat((base) => ({
          accept: (socket) => {
            socket.write("Welcome!\n")
            base.accept(socket)
          }
        }))
      )
      assert.match(
        told(outcome),
        /^failed at alice logs in: .* received "Welcome!", which is not a JSON object$/
      )
    })
  )
})
