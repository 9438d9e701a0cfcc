import { eachValue } from "../Changes.ts"
import type { Client, Reply, Request } from "../chat/Chat.ts"
import type { Fault } from "../Fault.ts"

/** WIRE-1, REQ-1 to REQ-3, ID-1, CODE-1, END-1, PLAIN-1: one answer for each request, and nothing else. */
export const replyingFaults: ReadonlyArray<Fault> = [
  {
    name: "newline-forgotten",
    level: "should",
    clauses: ["WIRE-1"],
    student: "sends the JSON as it is, without a newline after it",
    change: () => ({ encode: (object) => JSON.stringify(object) })
  },
  {
    name: "indented-answers",
    level: "should",
    clauses: ["WIRE-1"],
    student: "prints its JSON with dump(4)",
    change: () => ({ encode: (object) => JSON.stringify(object, null, 4) + "\n" })
  },
  {
    name: "newline-before",
    level: "should",
    clauses: ["WIRE-1"],
    student: "puts the newline before each object instead of after it",
    change: () => ({ encode: (object) => "\n" + JSON.stringify(object) })
  },
  {
    name: "unknown-type-unanswered",
    level: "should",
    clauses: ["REQ-1"],
    student: "has no else after the last if (type == …)",
    change: (base) => ({
      carryOut: (client, request) =>
        isKnown(request) || typeof request.type !== "string" ? base.carryOut(client, request) : undefined
    })
  },
  {
    name: "unknown-type-closes",
    level: "should",
    clauses: ["REQ-1"],
    student: "closes the connection at a request that it does not know",
    change: (base) => ({
      carryOut: (client, request) => {
        if (isKnown(request)) return base.carryOut(client, request)
        base.endBecause(client, "unknown_type")
        return undefined
      }
    })
  },
  {
    name: "missing-type-unanswered",
    level: "should",
    clauses: ["REQ-1"],
    student: "does nothing where `type` is missing",
    change: (base) => ({
      answer: (client, value) =>
        (value as Request | null)?.type === undefined ? undefined : base.answer(client, value)
    })
  },
  {
    name: "null-kills",
    level: "should",
    clauses: ["REQ-1"],
    student: "reads a field of whatever the parser gave, null included",
    change: (base) => ({
      answer: (client, value) => {
        if (value === null) throw new TypeError("cannot read `type` of null")
        return base.answer(client, value)
      }
    })
  },
  {
    name: "two-answers",
    level: "must",
    clauses: ["REQ-2"],
    student: "acknowledges a message when it comes and again when it has gone out",
    change: (base) => ({
      broadcast: (from, event) => {
        base.reply(from, base.sent(), {})
        return base.broadcast(from, event)
      }
    })
  },
  {
    name: "list-unanswered",
    level: "must",
    clauses: ["REQ-2", "LIST-1"],
    student: "prints the list on the server's own screen",
    change: () => ({ list: () => undefined })
  },
  {
    name: "ack-per-receiver",
    level: "must",
    clauses: ["REQ-2"],
    student: "acknowledges a message inside the loop over its receivers",
    change: (base) => ({
      deliver: (to, event, from) => {
        base.reply(from, base.sent(), {})
        return base.deliver(to, event, from)
      },
      message: (client, request) => {
        const reply = base.message(client, request) as Reply
        return reply.status === "success" ? undefined : reply
      }
    })
  },
  {
    name: "alone-unanswered",
    level: "must",
    clauses: ["MSG-2", "REQ-2"],
    student: "returns early where nobody else is there to hear a message",
    change: (base) => ({
      message: (client, request) =>
        client.name !== undefined && base.recipients(client).length === 0
          ? undefined
          : base.message(client, request)
    })
  },
  {
    name: "unknown-type-answered-twice",
    level: "should",
    clauses: ["REQ-2"],
    student: "falls through from one error to the next",
    change: (base) => ({
      carryOut: (client, request) => {
        if (!isKnown(request)) base.send(client, base.refusal("invalid_request", client))
        return base.carryOut(client, request)
      }
    })
  },
  {
    name: "strict-fields",
    level: "should",
    clauses: ["REQ-3"],
    student: "refuses a request that has a field too many",
    change: (base) => ({
      carryOut: (client, request) =>
        Object.keys(request).every((key) => fields.has(key))
          ? base.carryOut(client, request)
          : base.refusal("invalid_request", client)
    })
  },
  {
    name: "id-missing",
    level: "should",
    clauses: ["ID-1"],
    student: "never heard of ids",
    change: () => ({ withId: (reply) => reply })
  },
  {
    name: "id-if-true",
    level: "should",
    clauses: ["ID-1"],
    student: "writes `if (id)`, which 0 does not pass",
    change: (base) => ({ withId: (reply, request) => (request.id ? base.withId(reply, request) : reply) })
  },
  {
    name: "id-as-text",
    level: "should",
    clauses: ["ID-1"],
    student: "keeps ids as strings",
    change: (base) => ({
      withId: (reply, request) =>
        request.id === undefined ? reply : base.withId(reply, { id: String(request.id) })
    })
  },
  {
    name: "id-null",
    level: "should",
    clauses: ["ID-1"],
    student: "writes `id: null` where the request had none",
    change: (base) => ({ withId: (reply, request) => ({ id: null, ...base.withId(reply, request) }) })
  },
  {
    name: "id-not-in-errors",
    level: "should",
    clauses: ["ID-1"],
    student: "forgets the id where something went wrong",
    change: (base) => ({
      withId: (reply, request) => (reply.status === "success" ? base.withId(reply, request) : reply)
    })
  },
  {
    name: "id-remembered",
    level: "should",
    clauses: ["ID-1"],
    student: "keeps the id in the connection and never clears it",
    change: (base) => {
      const ids = new WeakMap<Client, unknown>()
      return {
        reply: (client, reply, request) => {
          if (request.id !== undefined) ids.set(client, request.id)
          base.reply(client, reply, { id: ids.get(client) })
        }
      }
    }
  },
  {
    name: "code-missing",
    level: "should",
    clauses: ["CODE-1"],
    student: "explains errors to people only",
    change: () => ({ encode: eachValue((key, value) => (key === "code" ? undefined : value)) })
  },
  {
    name: "code-for-everything",
    level: "should",
    clauses: ["CODE-1"],
    student: "calls every error invalid_request",
    change: () => ({ encode: eachValue((key, value) => (key === "code" ? "invalid_request" : value)) })
  },
  {
    name: "code-number",
    level: "should",
    clauses: ["CODE-1"],
    student: "numbers its errors as HTTP does",
    change: () => ({ encode: eachValue((key, value) => (key === "code" ? 400 : value)) })
  },
  {
    name: "error-unexplained",
    level: "should",
    clauses: ["CODE-1"],
    student: "sends codes without a word for people",
    change: (base) => ({
      refusal: (code, client) => ({ ...base.refusal(code, client), message: "" })
    })
  },
  {
    name: "goodbye-missing",
    level: "should",
    clauses: ["END-1"],
    student: "closes without saying why",
    change: (base) => ({ endBecause: (client) => base.end(client) })
  },
  {
    name: "goodbye-reset",
    level: "should",
    clauses: ["END-1"],
    student: "closes the socket with unread bytes in it, and the reset overtakes the goodbye",
    change: (base) => ({
      endBecause: (client, code) => {
        base.send(client, base.refusal(code, client))
        client.socket.resetAndDestroy()
      }
    })
  },
  {
    name: "goodbye-and-stays",
    level: "should",
    clauses: ["END-1", "FRAME-5"],
    student: "says good-bye and forgets to close",
    change: (base) => ({
      endBecause: (client, code) => base.send(client, base.refusal(code, client))
    })
  },
  {
    name: "killed-unsaid",
    level: "should",
    clauses: ["END-1"],
    student: "exits on SIGTERM without telling anyone",
    change: () => ({ shutDown: () => process.exit(0) })
  },
  {
    name: "banner",
    level: "should",
    clauses: ["PLAIN-1"],
    student: "greets everyone who connects",
    change: (base) => ({
      accept: (socket) => {
        socket.write('{"type":"welcome","content":"Bienvenue sur le chat"}\n')
        base.accept(socket)
      }
    })
  },
  {
    name: "join-notices",
    level: "should",
    clauses: ["PLAIN-1"],
    student: "tells everyone who comes and who goes",
    change: (base) => ({
      announce: (type, who, name) => {
        for (const to of base.recipients(who)) base.send(to, { type, username: name })
      }
    })
  },
  {
    name: "leave-message",
    level: "must",
    clauses: ["MSG-1", "PLAIN-1"],
    student: "says “… has left” to everyone as if it were a message",
    change: (base) => ({
      announce: (type, who, name) => {
        base.announce(type, who, name)
        if (type === "joined") return
        const event = { type: "message", username: "server", content: `${name} has left` }
        for (const to of base.recipients(who)) base.send(to, event)
      }
    })
  }
]

const known = new Set<unknown>(["login", "message", "list", "logout", "ping"])
const isKnown = (request: Request): boolean => known.has(request.type)

const fields = new Set(["type", "username", "content", "id", "features"])
