import { after, delayed, eachValue, refused } from "./Changes.ts"
import type { Change, Client } from "./chat/Chat.ts"

/** A server that differs from the base and is just as right about every must. */
export interface Variant {
  readonly name: string
  readonly differs: string
  readonly change: Change
}

/** What correct servers of other people look like; each must pass every must scenario. */
export const variants: ReadonlyArray<Variant> = [
  // How an object is written
  {
    name: "no-newline",
    differs: "nothing stands between its objects",
    change: () => ({ encode: (object) => JSON.stringify(object) })
  },
  {
    name: "crlf",
    differs: "its lines end with \\r\\n",
    change: () => ({ encode: (object) => JSON.stringify(object) + "\r\n" })
  },
  {
    name: "pretty",
    differs: "its JSON is indented over several lines",
    change: () => ({ encode: (object) => JSON.stringify(object, null, 2) + "\n" })
  },
  {
    name: "spaces",
    differs: "blanks stand after its colons, commas and braces",
    change: () => ({ encode: (object) => JSON.stringify(object, null, 1).replaceAll(/\n */g, " ") })
  },
  {
    name: "escapes",
    differs: "everything but ASCII is written as \\uXXXX, and / as \\/",
    change: () => ({ encode: (object) => escaped(JSON.stringify(object)) + "\n" })
  },
  {
    name: "field-order",
    differs: "the fields of its objects come in another order",
    change: (base) => ({
      encode: (object) => base.encode(Object.fromEntries(Object.entries(object).toReversed()))
    })
  },
  {
    name: "extra-fields",
    differs: "its objects carry fields that nobody asked for",
    change: (base) => ({
      encode: (object) => base.encode({ time: 1.5e9, from: { server: [null, true] }, ...object })
    })
  },
  {
    name: "users-at-login",
    differs: "its welcome also tells who is there",
    change: (base) => ({
      welcome: (client, request) => ({ ...base.welcome(client, request), users: [...base.usernames()] })
    })
  },
  {
    name: "users-with-everything",
    differs: "each answer that grants something also tells who is there",
    change: (base) => ({
      withId: (reply, request) => ({ users: [...base.usernames()], ...base.withId(reply, request) })
    })
  },
  {
    name: "byte-by-byte",
    differs: "each byte leaves in a write of its own",
    change: (base) => ({
      write: (client, bytes) => {
        for (const byte of Buffer.from(bytes)) base.write(client, Buffer.of(byte))
      }
    })
  },

  // When it answers
  {
    name: "ack-before",
    differs: "the sender has its answer before anyone has the message",
    change: (base) => ({
      message: (client, request) => {
        const problem = base.problemOfMessage(client, request)
        if (problem !== undefined) return base.refusal(problem, client)
        base.reply(client, base.sent(), request)
        void base.broadcast(client, base.event(client, request))
      }
    })
  },
  {
    name: "ack-after",
    differs: "the sender has its answer only once the kernel took every copy of the message",
    change: (base) => ({
      broadcast: async (from, event) => {
        await Promise.all(base.recipients(from).map((to) => written(to, base.encode(event))))
      }
    })
  },
  {
    name: "late-deliveries",
    differs: "messages arrive 20 ms after they were acknowledged",
    change: delayed("deliver", () => 20)
  },
  {
    name: "slow",
    differs: "it thinks for 30 to 50 ms before each answer",
    change: (base) => {
      let asked = 0
      return { answer: (client, value) => after(30 + (asked++ % 21), () => base.answer(client, value)) }
    }
  },
  {
    name: "one-at-a-time",
    differs: "one lock lets it work on one request only, whoever sent it",
    change: (base) => {
      let free = Promise.resolve()
      return {
        answer: (client, value) => (free = free.then(() => after(1, () => base.answer(client, value))))
      }
    }
  },
  {
    name: "late-welcome",
    differs: "who logs in is a member some milliseconds before it is told so",
    change: (base) => ({
      login: async (client, request) => {
        const reply = await base.login(client, request)
        return after(5, () => reply)
      }
    })
  },
  {
    name: "slow-to-let-go",
    differs: "a name is free 100 ms after its owner has left",
    change: delayed("leave", () => 100)
  },

  // How it refuses
  {
    name: "status-failure",
    differs: "a refusal is `status: failure`",
    change: (base) => ({ refusal: (code, client) => ({ ...base.refusal(code, client), status: "failure" }) })
  },
  {
    name: "close-on-refusal",
    differs: "it closes after it has refused a login",
    change: refused((base, client, reply, request) => {
      base.reply(client, reply, request)
      base.end(client)
      return undefined
    })
  },
  {
    name: "close-unsaid",
    differs: "it refuses a login by closing without a word",
    change: refused((base, client) => {
      base.end(client)
      return undefined
    })
  },
  {
    name: "close-on-bad-json",
    differs: "it closes after bytes that are no JSON",
    change: (base) => ({ malformed: (client) => base.endBecause(client, "invalid_json") })
  },
  {
    name: "reset-on-bad-json",
    differs: "bytes that are no JSON end the connection with a reset",
    change: () => ({ malformed: (client) => void client.socket.resetAndDestroy() })
  },
  {
    name: "silent-on-bad-json",
    differs: "it passes over bytes that are no JSON in silence",
    change: () => ({ malformed: () => {} })
  },

  // What it allows and what it says
  {
    name: "list-before-login",
    differs: "anyone may ask who is there",
    change: () => ({ mayList: () => true })
  },
  {
    name: "list-sorted",
    differs: "the list is in alphabetical order",
    change: (base) => ({ usernames: () => base.usernames().toSorted() })
  },
  {
    name: "relay-verbatim",
    differs: "a message is passed on as the very bytes of its request",
    change: (base) => {
      const texts = new WeakMap<object, string>()
      return {
        parse: (text) => {
          const value = base.parse(text)
          if (typeof value === "object" && value !== null) texts.set(value, text)
          return value
        },
        event: (_, request) => request,
        encode: (object) => texts.get(object) ?? base.encode(object)
      }
    }
  },
  {
    name: "other-wording",
    differs: "it answers in other words",
    change: () => ({ encode: eachValue((key, value) => (key === "message" ? "ok 👌" : value)) })
  },
  {
    name: "open-ears",
    differs: "whoever is connected hears what is said, logged in or not",
    change: (base) => ({ recipients: (from) => [...base.clients].filter((client) => client !== from) })
  },
  {
    name: "trusting",
    differs: "a message carries the name that its request claims",
    change: (base) => ({
      problemOfMessage: (client, request) =>
        base.problemOfMessage(client, { ...request, username: undefined }),
      event: (client, { content, username }) => ({
        type: "message",
        username: username ?? client.name,
        content
      })
    })
  },
  {
    name: "backlog-5",
    differs: "it calls listen(5)",
    change: () => ({ backlog: 5 })
  },
  {
    name: "eight-seats",
    differs: "it serves eight clients and not one more",
    change: (base) => ({
      accept: (socket) => {
        if (base.clients.size < 8) return base.accept(socket)
        socket.on("error", () => {}).end(base.encode(base.refusal("server_full", undefined as never)))
      }
    })
  },
  {
    name: "plain",
    differs: "it does what the lab sheet asks and nothing else",
    change: (base) => ({
      encode: (object) => JSON.stringify(object),
      key: (name) => name,
      isName: (name) => name !== "",
      mayList: () => true,
      withId: (reply) => reply,
      malformed: (client) => base.end(client),
      logout: (client) => base.refusal("unknown_type", client),
      ping: (client) => base.refusal("unknown_type", client),
      refusal: () => ({ status: "error", message: "refused" }),
      welcome: () => ({ status: "success", message: "ok" }),
      problemOfMessage: (client, { content }) =>
        client.name === undefined || typeof content !== "string" ? "invalid_request" : undefined
    })
  }
]

const escaped = (json: string): string =>
  json
    .replaceAll(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replaceAll("/", "\\/")

const written = ({ socket }: Client, text: string): Promise<void> =>
  new Promise((resolve) => void socket.write(text, () => resolve()))
