import { eachValue } from "../Changes.ts"
import type { Client, Reply, Request } from "../chat/Chat.ts"
import { type Fault, must, should } from "../Fault.ts"

/** WIRE-1, REQ-1 to REQ-3, ID-1, CODE-1, END-1, PLAIN-1: one answer for each request, and nothing else. */
export const replyingFaults: ReadonlyArray<Fault> = [
  should("newline-forgotten", ["WIRE-1"], "sends the JSON as it is, without a newline after it", () => ({
    encode: (object) => JSON.stringify(object)
  })),
  should("indented-answers", ["WIRE-1"], "prints its JSON with dump(4)", () => ({
    encode: (object) => JSON.stringify(object, null, 4) + "\n"
  })),
  should("newline-before", ["WIRE-1"], "puts the newline before each object instead of after it", () => ({
    encode: (object) => "\n" + JSON.stringify(object)
  })),
  should("unknown-type-unanswered", ["REQ-1"], "has no else after the last if (type == …)", (base) => ({
    carryOut: (client, request) =>
      isKnown(request) || typeof request.type !== "string" ? base.carryOut(client, request) : undefined
  })),
  should(
    "unknown-type-closes",
    ["REQ-1"],
    "closes the connection on a request that it does not know",
    (base) => ({
      carryOut: (client, request) => {
        if (isKnown(request)) return base.carryOut(client, request)
        base.endBecause(client, "unknown_type")
        return undefined
      }
    })
  ),
  should("missing-type-unanswered", ["REQ-1"], "does nothing when `type` is missing", (base) => ({
    answer: (client, value) =>
      (value as Request | null)?.type === undefined ? undefined : base.answer(client, value)
  })),
  should("null-kills", ["REQ-1"], "reads a field of whatever the parser returned, null included", (base) => ({
    answer: (client, value) => {
      if (value === null) throw new TypeError("cannot read `type` of null")
      return base.answer(client, value)
    }
  })),
  must(
    "two-answers",
    ["REQ-2"],
    "acknowledges a message when it comes and again when it has gone out",
    (base) => ({
      broadcast: (from, event) => {
        base.reply(from, base.sent(), {})
        return base.broadcast(from, event)
      }
    })
  ),
  must(
    "ack-overtaken",
    ["REQ-2", "FRAME-2"],
    "acknowledges a message from another thread than it answers the next request from",
    (base) => ({
      message: (client, request) => {
        const reply = base.message(client, request) as Reply
        setTimeout(() => base.reply(client, reply, request), 10)
        return undefined
      }
    })
  ),
  must("mute", ["REQ-2", "LOGIN-1"], "reads and never answers", () => ({ answer: () => {} })),
  must(
    "request-sent-back",
    ["REQ-2", "LOGIN-1"],
    "sends each request back, as its echo server did",
    (base) => ({
      answer: (client, value) => base.send(client, value as Request)
    })
  ),
  must(
    "success-to-everything",
    ["LOGIN-3", "LOGIN-4", "MSG-1", "LIST-1"],
    "answers `status: success` to everything and does nothing yet",
    (base) => ({ answer: (client) => base.send(client, { status: "success" }) })
  ),
  must("list-unanswered", ["REQ-2", "LIST-1"], "prints the list on the server's own screen", () => ({
    list: () => undefined
  })),
  must(
    "ack-per-receiver",
    ["REQ-2", "MSG-2"],
    "acknowledges a message inside the loop over its receivers",
    (base) => ({
      deliver: (to, event, from) => {
        base.reply(from, base.sent(), {})
        return base.deliver(to, event, from)
      },
      message: (client, request) => {
        const reply = base.message(client, request) as Reply
        return reply.status === "success" ? undefined : reply
      }
    })
  ),
  must(
    "alone-unanswered",
    ["MSG-2", "REQ-2"],
    "returns early when nobody else is there to hear a message",
    (base) => ({
      message: (client, request) =>
        client.name !== undefined && base.recipients(client).length === 0
          ? undefined
          : base.message(client, request)
    })
  ),
  should("unknown-type-answered-twice", ["REQ-2"], "falls through from one error to the next", (base) => ({
    carryOut: (client, request) => {
      if (!isKnown(request)) base.send(client, base.refusal("invalid_request", client))
      return base.carryOut(client, request)
    }
  })),
  should("strict-fields", ["REQ-3"], "refuses a request that has an extra field", (base) => ({
    carryOut: (client, request) =>
      Object.keys(request).every((key) => fields.has(key))
        ? base.carryOut(client, request)
        : base.refusal("invalid_request", client)
  })),
  should("id-missing", ["ID-1"], "has never heard of ids", () => ({ withId: (reply) => reply })),
  should("id-if-true", ["ID-1"], "writes `if (id)`, which 0 does not pass", (base) => ({
    withId: (reply, request) => (request.id ? base.withId(reply, request) : reply)
  })),
  should("id-as-text", ["ID-1"], "keeps ids as strings", (base) => ({
    withId: (reply, request) =>
      request.id === undefined ? reply : base.withId(reply, { id: String(request.id) })
  })),
  should("id-null", ["ID-1"], "writes `id: null` when the request had none", (base) => ({
    withId: (reply, request) => ({ id: null, ...base.withId(reply, request) })
  })),
  should("id-not-in-errors", ["ID-1"], "forgets the id when something went wrong", (base) => ({
    withId: (reply, request) => (reply.status === "success" ? base.withId(reply, request) : reply)
  })),
  should("id-remembered", ["ID-1"], "keeps the id in the connection and never clears it", (base) => {
    const ids = new WeakMap<Client, unknown>()
    return {
      reply: (client, reply, request) => {
        if (request.id !== undefined) ids.set(client, request.id)
        base.reply(client, reply, { id: ids.get(client) })
      }
    }
  }),
  should("code-missing", ["CODE-1"], "explains errors to people only", () => ({
    encode: eachValue((key, value) => (key === "code" ? undefined : value))
  })),
  should("code-for-everything", ["CODE-1"], "calls every error invalid_request", () => ({
    encode: eachValue((key, value) => (key === "code" ? "invalid_request" : value))
  })),
  should("code-number", ["CODE-1"], "numbers its errors as HTTP does", () => ({
    encode: eachValue((key, value) => (key === "code" ? 400 : value))
  })),
  should("error-unexplained", ["CODE-1"], "sends codes without a word for people", (base) => ({
    refusal: (code, client) => ({ ...base.refusal(code, client), message: "" })
  })),
  should("goodbye-missing", ["END-1"], "closes without saying why", (base) => ({
    endBecause: (client) => base.end(client)
  })),
  should(
    "goodbye-reset",
    ["END-1"],
    "closes the socket with unread bytes in it, and the reset overtakes the goodbye",
    (base) => ({
      endBecause: (client, code) => {
        base.send(client, base.refusal(code, client))
        client.socket.resetAndDestroy()
      }
    })
  ),
  should("goodbye-and-stays", ["END-1", "FRAME-5"], "says goodbye and forgets to close", (base) => ({
    endBecause: (client, code) => base.send(client, base.refusal(code, client))
  })),
  should("killed-unsaid", ["END-1"], "exits on SIGTERM without telling anyone", () => ({
    shutDown: () => process.exit(0)
  })),
  should("banner", ["PLAIN-1"], "greets everyone who connects", (base) => ({
    accept: (socket) => {
      socket.write('{"type":"welcome","content":"Bienvenue sur le chat"}\n')
      base.accept(socket)
    }
  })),
  should("join-notices", ["PLAIN-1"], "tells everyone who joins and who leaves", (base) => ({
    announce: (type, who, name) => {
      for (const to of base.recipients(who)) base.send(to, { type, username: name })
    }
  })),
  must(
    "leave-message",
    ["MSG-1", "PLAIN-1"],
    "says “… has left” to everyone as if it were a message",
    (base) => ({
      announce: (type, who, name) => {
        base.announce(type, who, name)
        if (type === "joined") return
        const event = { type: "message", username: "server", content: `${name} has left` }
        for (const to of base.recipients(who)) base.send(to, event)
      }
    })
  )
]

const known = new Set<unknown>(["login", "message", "list", "logout", "ping"])
const isKnown = (request: Request): boolean => known.has(request.type)

const fields = new Set(["type", "username", "content", "id", "features"])
