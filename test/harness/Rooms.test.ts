import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Change } from "../../mutants/chat/Chat.ts"
import { chat, playing, steps, told } from "./playing.ts"

interface Case {
  readonly name: string
  readonly steps: string
  readonly proves?: string
  readonly change?: Change
  /** What `told` says; passed where it is left out. */
  readonly says?: string | RegExp
  /** The clauses that it is held against. */
  readonly blames?: ReadonlyArray<string>
}

const head = (proves: string) =>
  `needs: [rooms, direct, history]\nlevel: may\nproves: [${proves}]\nwithin: 500ms\n`
const everyFeature = "{ features: [rooms, direct, history] }"
const inLab = `- alice and bob log in: ${everyFeature}\n- alice and bob join lab\n`

const cases = (theme: string, table: ReadonlyArray<Case>) =>
  describe(theme, () => {
    for (const { blames, change, name, proves = "ROOM-2", says = "passed", steps: lines } of table)
      it.live(name, () =>
        Effect.gen(function* () {
          const outcome = yield* playing(steps(lines, head(proves)), chat(change))
          if (typeof says === "string") assert.strictEqual(told(outcome), says)
          else assert.match(told(outcome), says)
          const failed = [...outcome.clauses].flatMap(([id, { verdict }]) =>
            verdict === "failed" ? [id] : []
          )
          if (blames !== undefined) assert.deepStrictEqual(failed, [...blames])
        })
      )
  })

/** Sends what is said in a room to everybody who is logged in. */
const leaky: Change = (base) => ({
  sayIn(room, client, { content }) {
    const said = base.keep(room, client, String(content))
    for (const to of base.members.values()) if (to !== client) base.tell(to, room, said)
  }
})

cases("what is said in a room", [
  { name: "comes as it was said", steps: `${inLab}- alice says in lab: hello\n- bob receives in lab: hello` },
  {
    name: "comes with the fields that are asked for",
    steps: `${inLab}- alice says in lab: hello\n- bob receives in lab: { username: alice, content: hello, seq: 1 }`
  },
  {
    name: "is everything that a list tells",
    steps: `${inLab}- alice says in lab: one\n- alice says in lab: "two, and three"\n- bob receives in lab: [one, "two, and three"]`
  },
  {
    name: "is not what was said in the lobby",
    steps: `${inLab}- alice says: hello\n- bob receives in lab: hello`,
    says: /^failed at bob receives in lab: expected \{"type": "message", "room": "lab", "content": "hello"\}, received \{"type":"message","username":"alice"/
  },
  {
    name: "is heard by everyone else there",
    steps: `${inLab}- carol logs in: ${everyFeature}\n- alice says in lab: hello\n- everyone else receives in lab: hello`
  },
  {
    name: "is said to nobody outside, whoever is shown it",
    change: leaky,
    proves: "HIST-1",
    steps: `${inLab}- carol logs in: ${everyFeature}\n- alice says in lab: hello\n- bob receives in lab: hello\n- carol receives nothing`,
    says: /^failed at carol receives nothing/,
    blames: ["ROOM-2"]
  },
  {
    name: "is said to no plain client",
    change: leaky,
    proves: "HIST-1",
    steps: `${inLab}- carol logs in\n- alice says in lab: hello\n- bob receives in lab: hello\n- carol receives nothing`,
    says: /^failed at carol receives nothing/,
    blames: ["ROOM-2"]
  },
  {
    name: "shows one's own words to whoever asks for the past",
    proves: "HIST-1, MSG-3",
    steps: `${inLab}- alice says in lab: mine\n- bob receives in lab: mine\n- alice leaves lab\n- alice joins lab: { recent: 5 }\n- alice receives in lab: mine\n- alice says in lab: mine\n- bob receives in lab: mine`
  },
  {
    name: "is an echo where it is one's own and just said",
    proves: "ROOM-2",
    change: (base) => ({
      passOver: () => undefined,
      sayIn(room, client, { content }) {
        const said = base.keep(room, client, String(content))
        for (const to of base.presentIn(room)) base.tell(to, room, said)
      }
    }),
    steps: `${inLab}- alice says in lab: mine\n- bob receives in lab: mine`,
    says: /^failed at the end: expected no message of its own, received alice received its own message/,
    blames: ["ROOM-2"]
  }
])

cases("what is said to one person", [
  {
    name: "comes to that person",
    steps: `- alice and bob log in: ${everyFeature}\n- alice says to bob: psst\n- bob receives from alice privately: psst`
  },
  {
    name: "is not what was said to all",
    steps: `- alice and bob log in: ${everyFeature}\n- alice says: psst\n- bob receives from alice privately: psst`,
    says: /^failed at bob receives from alice privately: expected \{"type": "message", "to": "bob", "username": "alice", "content": "psst"\}, received \{/
  },
  {
    name: "is held against DM-1 where it reaches another",
    proves: "ROOM-2",
    change: (base) => ({
      direct(client, request) {
        const [, , carol] = [...base.members.values()]
        base.send(carol!, { type: "message", to: "bob", username: client.name!, content: request["content"] })
        return base.direct(client, request)
      }
    }),
    steps: `- alice, bob and carol log in: ${everyFeature}\n- alice says to bob: psst\n- bob receives from alice privately: psst\n- carol receives nothing`,
    says: /^failed at carol receives nothing/,
    blames: ["DM-1"]
  }
])

/** Gives the messages of a room other numbers. */
const numbered =
  (numberOf: (number: number) => number): Change =>
  (base) => ({
    shown: (client, room, said) => base.shown(client, room, { ...said, seq: numberOf(said.seq) })
  })
const bobHears = `${inLab}- repeat: { times: 3, steps: [alice says in lab: word, bob receives in lab: word] }`

cases("numbers, in passing", [
  { name: "are right", proves: "SEQ-2", steps: bobHears },
  {
    name: "come twice",
    proves: "SEQ-2",
    change: numbered((number) => Math.min(number, 2)),
    steps: bobHears,
    says: /^failed at the end: expected each number once, .*, received bob received a number that was not due any more/,
    blames: ["SEQ-2"]
  },
  {
    name: "name two messages",
    proves: "SEQ-4",
    change: numbered((number) => Math.min(number, 2)),
    steps: bobHears
      .replace("word, bob", "a, bob")
      .replace("in lab: word]", "in lab: a, alice says in lab: b, bob receives in lab: b]"),
    says: /^failed at the end: expected one message for each number, received the number 2 names two messages, "\w", and|^failed at the end: expected one message for each number, received the number 2 names two messages/,
    blames: ["SEQ-4"]
  },
  {
    name: "leave one out that nobody has",
    proves: "SEQ-1",
    change: (base) => ({
      keep(room, client, content) {
        room.last++
        return base.keep(room, client, content)
      }
    }),
    steps: bobHears,
    says: /^failed at the end: expected numbers that rise by exactly 1, received alice was not shown 1; what came instead is /,
    blames: ["SEQ-1"]
  },
  {
    name: "are missing in an ack",
    proves: "SEQ-3",
    change: () => ({ ackIn: () => ({ status: "success", room: "lab" }) }),
    steps: bobHears,
    says: /^failed at the end: expected acks with the number of their message, in its place, received alice received an ack without `seq`/,
    blames: ["SEQ-3"]
  }
])

cases("coming back", [
  {
    name: "shows what was missed, in every room",
    proves: "RESUME-3",
    steps: `${inLab}- alice is cut off\n- bob says in lab: one\n- bob says: two\n- bob says to alice: three\n- alice comes back\n- alice receives in any order: [{ type: message, content: one }, { type: message, content: two }, { type: message, content: three }]\n- alice receives nothing`
  },
  {
    name: "is more than to log in again",
    proves: "RESUME-3",
    change: () => ({ sessionOf: () => undefined, keepsSession: () => false }),
    steps: `${inLab}- alice is cut off\n- bob sees that alice is gone\n- alice comes back`,
    says: /^failed at alice comes back: expected \{"status": "success", "resumed": true\}, received \{"status":"success"/
  },
  {
    name: "needs a session",
    proves: "RESUME-3",
    steps:
      "- alice connects\n- alice sends: { type: login, username: alice }\n- alice receives: { status: success }\n- alice is cut off\n- alice comes back",
    says: "failed at alice comes back: expected alice has a session to go on with, received nothing"
  },
  {
    name: "shows what was in flight when the connection was lost",
    proves: "RESUME-3",
    steps: `${inLab}- alice stops reading\n- bob says in lab: one\n- alice goes silent\n- alice comes back\n- alice receives in lab: one`
  },
  {
    name: "can be done by another client",
    proves: "RESUME-2",
    steps: `${inLab}- carol takes over from alice\n- alice is disconnected: { after: [{ status: error, code: session_replaced }] }\n- bob says in lab: hello\n- carol receives in lab: hello\n- carol says in lab: hi\n- bob receives in lab: { username: alice, content: hi }`
  },
  {
    name: "is held against RESUME-1 where the name was given away",
    proves: "ROOM-2",
    change: () => ({ reserved: Object.assign(new Map(), { has: () => false, get: () => undefined }) }),
    steps: `${inLab}- alice is cut off\n- bob sees that alice is gone\n- carol tries to log in as alice\n- carol is refused`,
    says: /^failed at carol is refused/,
    blames: ["RESUME-1"]
  }
])

it.live("a server that lives on keeps no name for a session of a scenario that is over", () =>
  Effect.gen(function* () {
    const base = chat()
    const server = yield* base.start
    const target = { ...base, livesOn: true, start: Effect.succeed(server) }
    const lines = `${inLab}- alice is cut off\n- bob receives nothing`
    for (const turn of ["first", "second"])
      assert.strictEqual(told(yield* playing(steps(lines, head("ROOM-2")), target)), "passed", turn)
  }).pipe(Effect.scoped)
)

it.live("a server that claims no rooms is not judged by them", () =>
  Effect.gen(function* () {
    const target = { ...chat(), claims: new Set(["presence"]) }
    const outcome = yield* playing(steps(`${inLab}- bob receives nothing`, head("ROOM-2")), target)
    assert.strictEqual(told(outcome), "skipped: this target does not claim rooms")
  })
)
