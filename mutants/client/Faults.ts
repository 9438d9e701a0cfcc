import { type Fault, must, should } from "../Fault.ts"
import type { Change, Client, Message } from "./Client.ts"

export type ClientFault = Fault<Change>

/** Reads what came as one object, if it is one. */
const parsed = (bytes: Buffer): Message | undefined => {
  try {
    return JSON.parse(bytes.toString()) as Message
  } catch {
    return undefined
  }
}

/** The base, that does not read what comes in between two of its own doings. */
const holdingBack = (client: Client) => {
  const waiting: Array<Message> = []
  return {
    waiting,
    handle: (message: Message) => {
      if ("status" in message) client.answered(message)
      else client.heard(message)
    }
  }
}

/** Clients that each break one rule. */
export const clientFaults: ReadonlyArray<ClientFault> = [
  must<Change>(
    "client-name-with-line-end",
    ["CLIENT-1"],
    "logs in with the line end of the name",
    (_base, client) => ({
      login: () => client.send({ type: "login", username: `${client.username}\n` })
    })
  ),
  must<Change>(
    "client-name-in-capitals",
    ["CLIENT-1"],
    "writes the name with a capital",
    (_base, client) => ({
      login: () =>
        client.send({
          type: "login",
          username: client.username.slice(0, 1).toUpperCase() + client.username.slice(1)
        })
    })
  ),
  must<Change>("client-logs-in-twice", ["CLIENT-1"], "logs in once more, to be sure", (base) => ({
    login: () => {
      base.login()
      base.login()
    }
  })),
  must<Change>("client-never-logs-in", ["CLIENT-1"], "forgets the login", () => ({ login: () => undefined })),
  must<Change>("client-dies-at-login", ["CLIENT-1"], "crashes once it is connected", () => ({
    login: () => process.abort()
  })),

  must<Change>("client-json-by-hand", ["CLIENT-2"], "puts its JSON together by hand", () => ({
    encode: (message) =>
      `{${Object.entries(message)
        .map(([key, value]) => `"${key}":"${value}"`)
        .join(",")}}`
  })),
  must<Change>("client-says-twice", ["CLIENT-2"], "sends each message twice", (base) => ({
    say: (content) => {
      base.say(content)
      base.say(content)
    }
  })),
  must<Change>("client-eight-letters", ["CLIENT-2"], "has room for eight letters", (base) => ({
    message: (content) => base.message(content.slice(0, 8))
  })),
  must<Change>("client-line-with-line-end", ["CLIENT-2"], "sends the line end, too", (base) => ({
    message: (content) => base.message(`${content}\n`)
  })),
  must<Change>("client-first-word-only", ["CLIENT-2"], "reads words instead of lines", (base) => ({
    typed: (line) => line.split(" ").forEach((word) => base.typed(word))
  })),
  must<Change>("client-nobody-speaks", ["CLIENT-2"], "leaves its name out of messages", () => ({
    message: (content) => ({ type: "message", content })
  })),
  must<Change>(
    "client-says-it-is-there",
    ["CLIENT-2"],
    "greets everybody of its own accord",
    (base, client) => ({
      answered: (answer) => {
        base.answered(answer)
        if (String(answer["message"]).startsWith("Bienvenue")) client.say("I am here now")
      }
    })
  ),
  should<Change>("client-latin-1", ["CLIENT-2"], "writes Latin-1", (_base, client) => ({
    send: (message) => void client.socket.write(Buffer.from(client.encode(message), "latin1"))
  })),

  must<Change>(
    "client-reads-after-typing",
    ["CLIENT-3"],
    "reads only once somebody has typed",
    (base, client) => {
      const { handle, waiting } = holdingBack(client)
      return {
        received: (message) => ("status" in message ? base.received(message) : void waiting.push(message)),
        typed: (line) => {
          base.typed(line)
          waiting.splice(0).forEach(handle)
        }
      }
    }
  ),
  must<Change>("client-holds-back-output", ["CLIENT-3"], "prints into a buffer of 4 KiB", (base) => {
    let held = ""
    return {
      print: (text) => {
        held += text
        if (held.length >= 4_096) base.print(held)
        if (held.length >= 4_096) held = ""
      }
    }
  }),
  must<Change>("client-shows-twice", ["CLIENT-3"], "prints messages in two places", (base) => ({
    heard: (message) => {
      base.heard(message)
      base.heard(message)
    }
  })),
  must<Change>(
    "client-drops-repetitions",
    ["CLIENT-3"],
    "takes a text that is repeated for a mistake",
    (base) => {
      const seen = new Set<unknown>()
      return {
        heard: (message) => {
          if (!seen.has(message["content"])) base.heard(message)
          seen.add(message["content"])
        }
      }
    }
  ),
  must<Change>(
    "client-newest-first",
    ["CLIENT-3"],
    "prints the latest message on top of the others",
    (base) => {
      let latest: Message | undefined
      return {
        heard: (message) => {
          base.heard(message)
          if (latest !== undefined) base.heard(latest)
          latest = message
        }
      }
    }
  ),
  must<Change>(
    "client-shows-eight-letters",
    ["CLIENT-3"],
    "has room for eight letters of a message",
    (base) => ({
      heard: (message) => base.heard({ ...message, content: String(message["content"]).slice(0, 8) })
    })
  ),
  must<Change>("client-shows-nothing", ["CLIENT-3"], "prints answers only", () => ({
    heard: () => undefined
  })),

  must<Change>(
    "client-list-is-said",
    ["CLIENT-4"],
    "sends the word for the list as a message",
    (_base, client) => ({
      list: () => client.say("/list")
    })
  ),
  must<Change>("client-list-not-shown", ["CLIENT-4"], "looks for `message` in the list", () => ({
    users: () => undefined
  })),
  must<Change>("client-list-of-one", ["CLIENT-4"], "shows the first two of the list", (base) => ({
    users: (names) => base.users(names.slice(0, 2))
  })),
  must<Change>("client-list-counted", ["CLIENT-4"], "shows how many there are", (_base, client) => ({
    users: (names) => client.show(`${names.length} people`)
  })),

  must<Change>(
    "client-quit-is-said",
    ["CLIENT-5"],
    "sends the word for quitting as a message",
    (_base, client) => ({
      quit: () => client.say("/quit")
    })
  ),
  must<Change>(
    "client-quit-keeps-running",
    ["CLIENT-5"],
    "waits for its reading thread for ever",
    (_base, client) => ({
      quit: () => void client.socket.end(),
      ended: () => undefined
    })
  ),
  must<Change>(
    "client-quit-keeps-connection",
    ["CLIENT-5"],
    "stops typing, and no more",
    (_base, client) => ({
      quit: () => client.show("Bye")
    })
  ),

  must<Change>(
    "client-next-is-the-answer",
    ["CLIENT-6"],
    "takes what comes after a message for its answer",
    (base, client) => {
      let awaits = false
      return {
        say: (content) => {
          awaits = true
          base.say(content)
        },
        received: (message) => {
          if (!awaits) base.received(message)
          else if (!("status" in message)) client.show("no answer?")
          awaits = false
        }
      }
    }
  ),
  must<Change>(
    "client-deaf-until-answered",
    ["CLIENT-6"],
    "shows nothing before its answer is there",
    (base, client) => {
      const { handle, waiting } = holdingBack(client)
      let awaits = false
      return {
        say: (content) => {
          awaits = true
          base.say(content)
        },
        received: (message) => {
          if (awaits && !("status" in message)) return void waiting.push(message)
          base.received(message)
          if ("status" in message) awaits = false
          waiting.splice(0).forEach(handle)
        }
      }
    }
  ),

  should<Change>("client-shows-no-sender", ["CLIENT-7"], "prints the content alone", (_base, client) => ({
    heard: ({ content }) => client.show(String(content))
  })),
  should<Change>(
    "client-recv-is-a-message",
    ["CLIENT-8", "CLIENT-9"],
    "parses what `recv` returns",
    (_base, client) => ({
      read: (bytes) => {
        const message = parsed(bytes)
        if (message !== undefined) client.received(message)
      }
    })
  ),
  should<Change>("client-pieces-decoded", ["CLIENT-8"], "decodes each piece by itself", (base) => ({
    read: (bytes) => base.read(Buffer.from(bytes.toString("utf8")))
  })),
  should<Change>(
    "client-first-of-segment",
    ["CLIENT-9"],
    "forgets what stands behind the first object",
    (base) => ({
      read: (bytes) => {
        const end = bytes.indexOf("\n")
        base.read(end === -1 ? bytes : bytes.subarray(0, end + 1))
      }
    })
  ),
  should<Change>("client-refusal-not-shown", ["CLIENT-10"], "looks at no `status`", () => ({
    refused: () => undefined
  })),
  should<Change>(
    "client-end-is-text",
    ["CLIENT-11"],
    "prints what `recv` returns at the end, again and again",
    (_base, client) => ({
      ended: () => {
        client.show("received: ''")
        setImmediate(() => client.ended())
      }
    })
  ),
  should<Change>("client-end-not-noticed", ["CLIENT-11"], "waits for a server that is gone", () => ({
    refused: () => undefined,
    ended: () => undefined
  }))
]
