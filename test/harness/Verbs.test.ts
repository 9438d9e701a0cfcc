import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Change } from "../../mutants/chat/Chat.ts"
import { chat, playing, told } from "./playing.ts"

interface Case {
  readonly name: string
  readonly steps: string
  readonly change?: Change
  /** What `told` says; passed where it is left out. */
  readonly says?: string | RegExp
}

const cases = (theme: string, table: ReadonlyArray<Case>) =>
  describe(theme, () => {
    for (const { change, name, says = "passed", steps } of table)
      it.live(name, () =>
        Effect.gen(function* () {
          const words = told(yield* playing(steps, chat(change)))
          if (typeof says === "string") assert.strictEqual(words, says)
          else assert.match(words, says)
        })
      )
  })

/** Ends every connection when it comes, saying this before. */
const turnedAway =
  (...objects: ReadonlyArray<string>): Change =>
  () => ({
    accept(socket) {
      socket.on("error", () => undefined)
      socket.end(objects.join("\n"))
    }
  })

cases("connecting", [
  { name: "a connection that stays can be had", steps: "- alice connects\n- alice stays connected" },
  {
    name: "cannot connect: ended at once",
    steps: "- alice cannot connect",
    change: turnedAway(),
    says: /^failed at the end/
  },
  {
    name: "cannot connect: ended with one error",
    steps: "- alice cannot connect",
    change: turnedAway('{"status":"error"}'),
    says: /^failed at the end/
  },
  {
    name: "cannot connect: two words are one too many",
    steps: "- alice cannot connect",
    change: turnedAway('{"status":"error"}', '{"status":"error"}'),
    says: /^failed at alice cannot connect: expected no connection, .* received \{"status":"error"\}$/
  },
  {
    name: "cannot connect: success is no refusal",
    steps: "- alice cannot connect",
    change: turnedAway('{"status":"success"}'),
    says: /^failed at alice cannot connect/
  },
  {
    name: "reconnecting gives a fresh inbox",
    steps: "- alice logs in\n- bob logs in\n- alice says: hello\n- bob reconnects\n- bob receives nothing"
  }
])

const taken: Change = (base) => ({ claim: (client, name) => name !== "bob" && base.claim(client, name) })

cases("logging in", [
  {
    name: "logs in under its own name",
    steps: "- alice logs in\n- alice asks who is there\n- alice receives: { status: success, users: [alice] }"
  },
  {
    name: "logs in under another name",
    steps:
      '- alice logs in as: "x: #y"\n- alice asks who is there\n- alice receives: { status: success, users: ["x: #y"] }'
  },
  {
    name: "fails where the name is not granted",
    steps: "- bob logs in",
    change: taken,
    says: /^failed at bob logs in: expected \{"status": "success"\}/
  },
  { name: "is refused by a reply", steps: "- bob tries to log in\n- bob is refused", change: taken },
  {
    name: "is refused by the end",
    steps: "- bob tries to log in\n- bob is refused",
    change: (base) => ({ ...taken(base), refusal: (_, client) => void base.end(client) as never })
  },
  {
    name: "may be ended at any time once refused",
    steps: "- bob tries to log in\n- bob is refused\n- alice logs in",
    change: (base) => ({
      ...taken(base),
      reply: (client, reply, request) => {
        base.reply(client, reply, request)
        if (reply["status"] === "error") base.end(client)
      }
    })
  },
  {
    name: "is not refused by success",
    steps: "- alice tries to log in\n- alice is refused",
    says: /^failed at alice is refused: expected a refusal: .*, received \{"status":"success"/
  },
  {
    name: "logs out",
    steps: "- alice logs in\n- bob logs in\n- alice logs out\n- bob sees that alice is gone"
  },
  {
    name: "one of several gets the name, the others do not",
    steps:
      "- alice and bob and carol connect\n- at the same time:\n    - alice and bob and carol try to log in as zoe\n- one of alice, bob and carol receives: { status: success }\n- the others are refused"
  },
  {
    name: "the others are told who the one was",
    steps:
      "- alice and bob connect\n- alice and bob try to log in as zoe\n- one of alice and bob receives: { status: success }\n- the other is refused",
    change: () => ({ claim: () => true }),
    says: /^failed at the other is refused/
  },
  {
    name: "one of nobody",
    steps:
      "- alice and bob connect\n- alice and bob try to log in as zoe\n- one of alice and bob receives: { status: success }",
    change: () => ({ claim: () => false }),
    says: /^failed at one of alice and bob receives: expected for one of alice, bob: \{"status": "success"\}, received \{"status":"error"/
  }
])

/** Refuses a name this often before it grants it, and ends the connection each time if told so. */
const afterRefusals =
  (times: number, ends = false): Change =>
  (base) => {
    let left = times
    return {
      login: (client, request) => {
        if (request["username"] !== "bob" || left-- <= 0) return base.login(client, request)
        base.reply(client, base.refusal("username_taken", client), request)
        if (ends) base.end(client)
        return undefined
      }
    }
  }

cases("trying again", [
  { name: "until the name is free", steps: "- bob keeps trying to log in", change: afterRefusals(3) },
  {
    name: "on a new connection where a refusal ends it",
    steps: "- bob keeps trying to log in",
    change: afterRefusals(3, true)
  },
  {
    name: "but not for ever",
    steps: "- bob keeps trying to log in:\n    within: 300ms",
    change: afterRefusals(1_000),
    says: /^failed at bob keeps trying to log in: expected \{"status": "success"\} in the end, received \{"status":"error".*\} as the last answer/
  },
  {
    name: "whole exchanges until a reply matches",
    steps:
      "- alice logs in\n- bob logs in\n- bob disconnects\n- alice keeps trying: { sends: { type: list }, until: { status: success, users: [alice] }, while: { status: success } }"
  },
  {
    name: "any other reply fails at once",
    steps:
      "- alice logs in\n- alice keeps trying: { sends: { type: ping }, until: { status: done }, while: { status: again } }",
    says: /^failed at alice keeps trying: expected .*"done".* and until then only .*"again".* received \{"status":"success","message":"pong"\}$/
  },
  {
    name: "nor is no reply one",
    steps:
      "- alice logs in\n- alice keeps trying: { sends: { type: ping }, until: { status: done }, while: { status: success }, within: 300ms }",
    change: () => ({ ping: () => undefined }),
    says: /received nothing$/
  }
])

const two = "- alice logs in\n- bob logs in\n"
const message = (content: string) => `{ type: message, username: alice, content: ${content} }`

cases("expecting", [
  {
    name: "several in their order",
    steps: `${two}- alice says: a\n- alice says: b\n- bob receives: [${message("a")}, ${message("b")}]`
  },
  {
    name: "a wrong one fails at once",
    steps: `${two}- alice says: a\n- bob receives: ${message("b")}`,
    says: /received \{"type":"message","username":"alice","content":"a"\}$/
  },
  {
    name: "a missing one fails at the bound",
    steps: `${two}- bob receives: ${message("b")}\n  within: 300ms`,
    says: /received nothing$/
  },
  {
    name: "in any order",
    steps: `${two}- alice says: a\n- alice says: b\n- bob receives in any order: [${message("b")}, ${message("a")}]`
  },
  {
    name: "in any order, but each of them once",
    steps: `${two}- alice says: a\n- alice says: a\n- bob receives in any order: [${message("b")}, ${message("a")}]`,
    says: /^failed at bob receives in any order: expected in any order .*"b".* \(after 1 of 2\), received .*"a"\}$/
  },
  {
    name: "in any order, over both lanes",
    steps: `${two}- alice says: a\n- bob asks who is there\n- bob receives in any order: [${message("a")}, { status: success }]`
  },
  {
    name: "one of several",
    steps: `${two}- alice says: a\n- bob receives one of: [${message("b")}, ${message("a")}]`
  },
  {
    name: "none of several",
    steps: `${two}- alice says: c\n- bob receives one of: [${message("b")}, ${message("a")}]`,
    says: /^failed at bob receives one of: expected one of .*"b".*"a".*, received .*"c"\}$/
  },
  { name: "in this order", steps: `${two}- alice says: a\n- bob receives in this order: [${message("a")}]` },
  {
    name: "what may be received need not be",
    steps: `${two}- bob may receive: ${message("a")}\n- bob receives nothing`
  },
  {
    name: "what may be received is passed over, once",
    steps: `${two}- bob may receive: ${message("a")}\n- alice says: a\n- alice says: a\n- bob receives nothing`,
    says: /^failed at bob receives nothing/
  },
  {
    name: "everyone else is all but the speaker",
    steps: `${two}- carol logs in\n- carol stops reading\n- alice says: a\n- everyone else receives: ${message("a")}`
  },
  {
    name: "the connection that stays",
    steps: `${two}- alice says: a\n- bob stays connected\n- bob receives: ${message("a")}`
  },
  {
    name: "captures are equal wherever they are seen",
    steps:
      "- alice connects\n- alice sends: { type: login, username: alice }\n- alice receives: { status: $status }\n- bob logs in\n- bob asks who is there\n- bob receives: { status: $status, users: [$first, bob] }\n- bob says: $first\n- alice receives: { type: message, content: $first }"
  },
  {
    name: "captures are fresh each turn",
    steps: `- alice logs in\n- for each:\n    what: [a, b]\n    steps:\n      - bob logs in as <what>\n      - bob asks who is there\n      - bob receives: { status: success, users: [alice, $last] }\n      - bob disconnects\n      - alice sees that bob is gone`
  }
])

cases("leaving", [
  {
    name: "FIN gives the name back",
    steps: `${two}- bob disconnects\n- alice sees that bob is gone\n- bob logs in`
  },
  { name: "RST gives the name back", steps: `${two}- bob is cut off\n- alice sees that bob is gone` },
  {
    name: "FIN comes after what was sent has been read",
    steps: `${two}- bob sends: { type: message, content: bye }\n- bob disconnects\n- alice receives: { type: message, content: bye }`
  },
  {
    name: "and so does RST",
    steps: `${two}- bob sends: { type: message, content: bye }\n- bob is cut off\n- alice receives: { type: message, content: bye }`
  },
  {
    name: "RST in the middle of a request that has been read",
    steps: `${two}- bob sends part of: { message: { type: list }, bytes: 5 }\n- bob is cut off\n- alice sees that bob is gone`
  },
  {
    name: "the name that stays on the list",
    steps: `${two}- bob is cut off\n- alice sees that bob is gone:\n    within: 300ms`,
    change: () => ({ leave: () => undefined }),
    says: /^failed at alice sees that bob is gone: expected bob gone from the list, received users \["alice","bob"\]$/
  },
  {
    name: "half-closed, it still receives",
    steps:
      "- alice logs in\n- alice asks who is there\n- alice half-closes\n- alice receives: { status: success, users: [alice] }\n- alice is disconnected"
  },
  {
    name: "silent, it is neither asked nor expected to receive",
    steps: `${two}- bob goes silent\n- alice says: hello\n- alice receives nothing`
  },
  {
    name: "disconnected by the server, which says why",
    steps:
      "- alice logs in\n- alice sends: { type: logout }\n- alice is disconnected: { after: { status: success }, by: close }"
  },
  {
    name: "disconnected, but not the way it should be",
    steps: "- alice logs in\n- alice sends: { type: logout }\n- alice is disconnected: { by: reset }",
    says: "failed at alice is disconnected: expected the server ends the connection by reset, received the server closed the connection"
  },
  {
    name: "disconnected, but not after that",
    steps:
      "- alice logs in\n- alice sends: { type: logout }\n- alice is disconnected: { after: { status: error } }",
    says: /^failed at alice is disconnected/
  },
  {
    name: "not disconnected",
    steps: "- alice logs in\n- alice is disconnected: { within: 300ms }",
    says: "failed at alice is disconnected: expected the server ends the connection, received nothing"
  },
  {
    name: "nothing may come after the goodbye",
    steps:
      "- alice logs in\n- alice sends: { type: ping }\n- alice sends: { type: logout }\n- alice is disconnected: { after: { status: success, message: pong } }",
    says: /after what should have been the last$/
  }
])

cases("the network", [
  {
    name: "in slices",
    steps: `- alice connects\n- alice's network: { slice: 3, delay: 1ms, jitter: 1ms }\n- alice logs in\n- alice says: hello\n- alice receives nothing`
  },
  {
    name: "slowly, but in order",
    steps: `${two}- bob's network: { bandwidth: 64KiB/s, jitter: 5ms }\n- alice says: a\n- alice says: b\n- bob receives: [${message("a")}, ${message("b")}]\n- bob asks who is there\n- bob receives: { status: success }`
  },
  {
    name: "a fault that touched nothing leaves the run inconclusive",
    steps:
      "- alice logs in\n- alice's network: { slice: 5000 }\n- alice asks who is there\n- alice receives: { status: success }",
    says: "inconclusive: alice's slice (line 5) affected no bytes, so nothing was proved"
  },
  {
    name: "who does not read receives later",
    steps: `${two}- bob stops reading\n- alice says: a\n- alice receives nothing\n- bob reads again\n- bob receives: ${message("a")}`
  }
])
