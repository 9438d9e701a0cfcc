import { randomBytes } from "node:crypto"
import { after, delayed, eachValue, refused } from "./Changes.ts"
import type { Change, Client } from "./chat/Chat.ts"

/** A server that differs from the base and is just as right about every must. */
export interface Variant {
  readonly name: string
  readonly differs: string
  readonly change: Change
  /** The features beside presence whose scenarios it passes as well. */
  readonly features: ReadonlyArray<string>
}

const variantWith =
  (...features: Variant["features"]) =>
  (name: string, differs: string, change: Change): Variant => ({ name, differs, change, features })

const variant = variantWith()
/** One of which those who stay notice as little as others do. */
const stays = variantWith("rooms", "direct", "history")

/** One that has only some features. */
const only = (...features: Variant["features"]): Variant =>
  variantWith(...features)(`only-${features.join("-and-")}`, `it offers ${features.join(", ")}`, () => ({
    offered: ["presence", ...features]
  }))

/** Correct servers as other people write them; each must pass every must scenario. */
export const variants: ReadonlyArray<Variant> = [
  // Its objects
  stays("no-newline", "nothing separates its objects", () => ({
    encode: (object) => JSON.stringify(object)
  })),
  stays("crlf", "its lines end with \\r\\n", () => ({
    encode: (object) => JSON.stringify(object) + "\r\n"
  })),
  stays("pretty", "its JSON is indented over several lines", () => ({
    encode: (object) => JSON.stringify(object, null, 2) + "\n"
  })),
  stays("spaces", "spaces follow its colons, commas and braces", () => ({
    encode: (object) => JSON.stringify(object, null, 1).replaceAll(/\n */g, " ")
  })),
  stays("escapes", "everything but ASCII is written as \\uXXXX, and / as \\/", () => ({
    encode: (object) => escaped(JSON.stringify(object)) + "\n"
  })),
  stays("field-order", "the fields of its objects come in another order", (base) => ({
    encode: (object) => base.encode(Object.fromEntries(Object.entries(object).toReversed()))
  })),
  stays("extra-fields", "its objects carry fields that nobody asked for", (base) => ({
    encode: (object) => base.encode({ time: 1.5e9, from: { server: [null, true] }, ...object })
  })),
  variant("users-at-login", "its welcome also lists who is there", (base) => ({
    welcome: (client, request) => ({ ...base.welcome(client, request), users: [...base.usernames()] })
  })),
  variant("users-with-everything", "every reply also lists who is there", (base) => ({
    withId: (reply, request) => ({ users: [...base.usernames()], ...base.withId(reply, request) })
  })),
  variant("byte-by-byte", "each byte leaves in a write of its own", (base) => ({
    write: (client, bytes) => {
      for (const byte of Buffer.from(bytes)) base.write(client, Buffer.of(byte))
    }
  })),

  // Its timing
  variant("ack-before", "the sender gets its answer before anyone gets the message", (base) => ({
    message: (client, request) => {
      const problem = base.problemOfMessage(client, request)
      if (problem !== undefined) return base.refusal(problem, client)
      base.reply(client, base.sent(), request)
      void base.broadcast(client, base.event(client, request))
    }
  })),
  variant(
    "ack-after",
    "the sender gets its answer only once the kernel has taken every copy of the message",
    (base) => ({
      broadcast: async (from, event) => {
        await Promise.all(base.recipients(from).map((to) => written(to, base.encode(event))))
      }
    })
  ),
  variant(
    "late-deliveries",
    "messages arrive 20 ms after they were acknowledged",
    delayed("deliver", () => 20)
  ),
  stays("slow", "it thinks for 30 to 50 ms before each answer", (base) => {
    let asked = 0
    return { answer: (client, value) => after(30 + (asked++ % 21), () => base.answer(client, value)) }
  }),
  stays("one-at-a-time", "one lock lets it work on one request at a time, whoever sent it", (base) => {
    let free = Promise.resolve()
    return {
      answer: (client, value) => (free = free.then(() => after(1, () => base.answer(client, value))))
    }
  }),
  variant("late-welcome", "a client is a member some milliseconds before it is told so", (base) => ({
    login: async (client, request) => {
      const reply = await base.login(client, request)
      return after(5, () => reply)
    }
  })),
  variant(
    "slow-to-let-go",
    "a name is free 100 ms after its owner has left",
    delayed("leave", () => 100)
  ),

  // Its refusals
  variant("status-failure", "a refusal is `status: failure`", (base) => ({
    refusal: (code, client) => ({ ...base.refusal(code, client), status: "failure" })
  })),
  variant(
    "close-on-refusal",
    "it closes after it has refused a login",
    refused((base, client, reply, request) => {
      base.reply(client, reply, request)
      base.end(client)
      return undefined
    })
  ),
  variant(
    "close-unsaid",
    "it refuses a login by closing without a word",
    refused((base, client) => {
      base.end(client)
      return undefined
    })
  ),
  variant("close-on-bad-json", "it closes after bytes that are not JSON", (base) => ({
    malformed: (client) => base.endBecause(client, "invalid_json")
  })),
  variant("reset-on-bad-json", "bytes that are not JSON end the connection with a reset", () => ({
    malformed: (client) => void client.socket.resetAndDestroy()
  })),
  variant("silent-on-bad-json", "it passes over bytes that are not JSON in silence", () => ({
    malformed: () => {}
  })),

  // Its rules and its words
  variant("list-before-login", "anyone may ask who is there", () => ({ mayList: () => true })),
  variant("list-sorted", "the list is in alphabetical order", (base) => ({
    usernames: () => base.usernames().toSorted()
  })),
  variant("relay-verbatim", "a message is passed on as the very bytes of its request", (base) => {
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
  }),
  stays("other-wording", "it answers in other words", () => ({
    encode: eachValue((key, value) => (key === "message" ? "ok 👌" : value))
  })),
  variant("open-ears", "whoever is connected hears what is said, logged in or not", (base) => ({
    recipients: (from) => [...base.clients].filter((client) => client !== from)
  })),
  variant("trusting", "a message carries the name that its request claims", (base) => ({
    problemOfMessage: (client, request) => base.problemOfMessage(client, { ...request, username: undefined }),
    event: (client, { content, username }) => ({
      type: "message",
      username: username ?? client.name,
      content
    })
  })),
  variant("backlog-5", "it calls listen(5)", () => ({ backlog: 5 })),
  variant("eight-seats", "it serves eight clients and not one more", (base) => ({
    accept: (socket) => {
      if (base.clients.size < 8) return base.accept(socket)
      socket.on("error", () => {}).end(base.encode(base.refusal("server_full", undefined as never)))
    }
  })),

  // Who stays
  only("rooms"),
  only("direct"),
  only("history"),
  only("rooms", "direct"),
  stays("keeps-fifty", "it keeps less of everything", () => ({
    historyMax: 50,
    inboxMax: 20,
    roomsMax: 100
  })),
  stays("keeps-thousands", "it keeps more of everything", () => ({ receiptsMax: 1000, roomsMax: 9000 })),
  stays("backwards", "on coming back it shows the inbox first, and the lobby last", (base) => ({
    resume: (client, session, request) => {
      const reply = base.resume(client, session, request)
      client.afterReply = () => {
        for (const room of [session.inbox, ...[...session.rooms].toReversed(), base.lobby])
          base.catchUp(client, room, request)
      }
      return reply
    }
  })),
  stays("back-at-the-end", "whoever comes back is the last on every list", (base) => ({
    takeOver: (client, session, request) => {
      base.members.delete(base.key(session.name))
      base.takeOver(client, session, request)
      for (const room of session.rooms) {
        room.members.delete(session)
        room.members.add(session)
      }
    }
  })),
  stays("long-tokens", "its tokens are 512 digits", () => ({
    makeToken: () => randomBytes(256).toString("hex")
  })),

  variant("plain", "it does what the lab sheet asks and nothing else", (base) => ({
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
  }))
]

const escaped = (json: string): string =>
  json
    .replaceAll(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replaceAll("/", "\\/")

const written = ({ socket }: Client, text: string): Promise<void> =>
  new Promise((resolve) => void socket.write(text, () => resolve()))
