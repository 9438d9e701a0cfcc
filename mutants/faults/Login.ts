import { after, believing, claiming, refused } from "../Changes.ts"
import type { Chat, Client } from "../chat/Chat.ts"
import { type Fault, must, should } from "../Fault.ts"

/** LOGIN-1 to LOGIN-10: who gets which name. */
export const loginFaults: ReadonlyArray<Fault> = [
  must("status-ok", ["LOGIN-1"], "answers with `status: ok`", (base) => ({
    welcome: (client, request) => ({ ...base.welcome(client, request), status: "ok" })
  })),
  must("python-repr", ["LOGIN-1"], "sends str(dict), which has single quotes", () => ({
    encode: (object) => JSON.stringify(object).replaceAll('"', "'") + "\n"
  })),
  must("nul-after-each-object", ["LOGIN-1", "WIRE-1"], "sends strlen + 1 bytes", (base) => ({
    encode: (object) => base.encode(object) + "\0"
  })),
  must("ascii-names", ["LOGIN-1"], "checks names with isalnum, which knows no accents", (base) => ({
    problemOfLogin: (client, request) =>
      /^[a-z0-9_-]*$/i.test(String(request.username))
        ? base.problemOfLogin(client, request)
        : "invalid_username"
  })),
  should("welcome-misspelt", ["LOGIN-2"], "leaves the comma out of the welcome", (base) => ({
    welcome: (client, request) => ({
      ...base.welcome(client, request),
      message: `Bienvenue ${client.name}`
    })
  })),
  must("duplicates", ["LOGIN-3", "LOGIN-4"], "never checks whether a name is taken", (base) => ({
    claim: (client, name) => {
      let key = base.key(name)
      while (base.members.has(key)) key += "'"
      base.members.set(key, client)
      client.name = name
      return true
    },
    release: (client) => {
      for (const [key, member] of base.members) if (member === client) base.members.delete(key)
      client.name = undefined
    }
  })),
  must(
    "newest-wins",
    ["LOGIN-3"],
    "throws out the owner of a name when somebody else asks for it",
    (base) => ({
      claim: (client, name) => {
        const owner = base.members.get(base.key(name))
        if (owner !== undefined) base.end(owner)
        return base.claim(client, name)
      }
    })
  ),
  must(
    "refused-becomes-owner",
    ["LOGIN-3"],
    "writes the socket into the table first and looks for duplicates second",
    (base) => ({
      claim: (client, name) => {
        const key = base.key(name)
        if (!base.members.has(key)) return base.claim(client, name)
        base.members.set(key, client)
        return false
      }
    })
  ),
  must(
    "refused-frees-the-name",
    ["LOGIN-3"],
    "removes the name at the end of a thread, even if it was refused there",
    (base) => {
      const tried = new WeakMap<Client, string>()
      return {
        ...claiming(base, (isGranted, client, name) => {
          if (!isGranted) tried.set(client, name)
        }),
        closed: (client) => {
          base.members.delete(base.key(tried.get(client) ?? ""))
          base.closed(client)
        }
      }
    }
  ),
  must("owner-is-told", ["LOGIN-3"], "sends the refusal to the socket that it finds under the name", (base) =>
    claiming(base, (isGranted, _, name) => {
      const owner = base.members.get(base.key(name))!
      if (!isGranted) base.send(owner, base.refusal("username_taken", owner))
    })
  ),
  must(
    "refusal-unanswered",
    ["LOGIN-3", "REQ-2"],
    "answers a login only when it succeeds",
    refused(() => undefined)
  ),
  should("refusal-is-a-failure", ["LOGIN-3"], "has its own word for errors", (base) => ({
    refusal: (code, client) => ({ ...base.refusal(code, client), status: "failure" })
  })),
  must("claim-race", ["LOGIN-4"], "checks that a name is free in one step and takes it in another", (base) =>
    takingLater(base, () => true)
  ),
  must(
    "claim-race-rarely",
    ["LOGIN-4"],
    "checks and takes in two steps, so close together that only one of eleven names is lost between them",
    (base) => {
      let names = 0
      return takingLater(base, () => ++names % 11 === 0)
    }
  ),
  should(
    "refused-for-good",
    ["LOGIN-5"],
    "remembers that a login was refused and refuses all that follow on the connection",
    (base) => {
      const refusedBefore = new WeakSet<Client>()
      return {
        claim: (client, name) => {
          const granted = !refusedBefore.has(client) && base.claim(client, name)
          if (!granted) refusedBefore.add(client)
          return granted
        }
      }
    }
  ),
  should(
    "refused-deaf",
    ["LOGIN-5"],
    "leaves its loop after a refusal and forgets to close the connection",
    (base) => {
      const deaf = new WeakSet<Client>()
      return {
        ...refused((_, client, reply) => {
          deaf.add(client)
          return reply
        })(base),
        receive: (client, frame) => (deaf.has(client) ? undefined : base.receive(client, frame))
      }
    }
  ),
  must(
    "refused-unsaid-and-deaf",
    ["LOGIN-3", "LOGIN-5", "REQ-2"],
    "leaves its loop instead of refusing a name, and forgets to close the connection",
    (base) => {
      const deaf = new WeakSet<Client>()
      return {
        ...refused((_, client) => {
          deaf.add(client)
          return undefined
        })(base),
        receive: (client, frame) => (deaf.has(client) ? undefined : base.receive(client, frame))
      }
    }
  ),
  should(
    "refused-is-closed",
    ["LOGIN-5"],
    "closes the connection after a refusal",
    refused((base, client, reply, request) => {
      base.reply(client, reply, request)
      base.end(client)
      return undefined
    })
  ),
  should("any-name", ["LOGIN-6"], "takes any string for a name, even an empty one", () => ({
    isName: () => true
  })),
  should("long-names", ["LOGIN-6"], "sets no limit on the length of a name", () => ({
    nameCodePointsMax: Number.POSITIVE_INFINITY
  })),
  should("long-name-kills", ["LOGIN-6"], "copies a name of any length into a char[33]", (base) => ({
    isName: (name) => {
      if ([...name.normalize("NFC")].length > 32) throw new Error("stack smashing detected")
      return base.isName(name)
    }
  })),
  should("name-in-bytes", ["LOGIN-6"], "counts bytes where characters were meant", (base) => ({
    isName: (name) => base.isName(name) && Buffer.byteLength(name) <= 32
  })),
  should("name-before-nfc", ["LOGIN-6"], "counts a combining accent as a character of its own", (base) => ({
    isName: (name) => base.isName(name) && [...name].length <= 32
  })),
  should("name-trimmed", ["LOGIN-6"], "trims the spaces off a name and lets it in", (base) => ({
    problemOfLogin: (client, { username }) =>
      base.problemOfLogin(client, { username: typeof username === "string" ? username.trim() : username }),
    claim: (client, name) => base.claim(client, name.trim())
  })),
  should(
    "name-of-any-letters",
    ["LOGIN-6"],
    "checks the ends and the length of a name, but not what is in it",
    () => ({ isName: (name) => name !== "" && name.trim() === name && name.length <= 64 })
  ),
  should(
    "strangers-speak",
    ["LOGIN-7"],
    "passes messages on without asking whether their sender has logged in",
    (base) => ({
      problemOfMessage: (client, request) => {
        const problem = base.problemOfMessage(client, request)
        return problem === "not_logged_in" ? undefined : problem
      },
      event: (client, { content, username }) => ({
        type: "message",
        username: client.name ?? username,
        content
      })
    })
  ),
  should(
    "strangers-are-heard",
    ["LOGIN-7"],
    "refuses the message of a stranger, but only after it went out",
    (base) => ({
      message: (client, request) => {
        const event = { type: "message", username: request.username, content: request.content }
        if (client.name === undefined) void base.broadcast(client, event)
        return base.message(client, request)
      }
    })
  ),
  should("strangers-look", ["LOGIN-7"], "shows the list to everyone who is connected", () => ({
    mayList: () => true
  })),
  should(
    "second-login-renames",
    ["LOGIN-8"],
    "lets a second login take another name and gives the first one back",
    (base) => ({
      login: (client, request) => {
        if (client.name !== undefined) base.release(client, client.name)
        return base.login(client, request)
      }
    })
  ),
  should("second-login-adds", ["LOGIN-8"], "gives a second name to a client that has one", (base) => ({
    ...severalNames(base),
    release: (client, name) => {
      base.release(client, name)
      for (const [key, member] of base.members) if (member === client) base.members.delete(key)
    }
  })),
  must(
    "second-login-leaves-a-ghost",
    ["LEAVE-1", "LEAVE-2", "LOGIN-8"],
    "gives a second name to a client that has one, and forgets the first one when it leaves",
    (base) => severalNames(base)
  ),
  must(
    "second-login-blocks-a-name",
    ["LEAVE-1", "LEAVE-2", "LOGIN-8"],
    "renames a client that logs in twice, and never gives its first name back",
    (base) => ({
      problemOfLogin: (client, request) => base.problemOfLogin({ ...client, name: undefined }, request),
      usernames: () => [...new Set(base.members.values())].flatMap(({ name }) => name ?? []),
      recipients: (from) => [...new Set(base.recipients(from))]
    })
  ),
  should("second-login-welcomed", ["LOGIN-8"], "welcomes a second login and does nothing", (base) => ({
    login: (client, request) =>
      client.name === undefined ? base.login(client, request) : base.welcome(client, request)
  })),
  should("case-matters", ["LOGIN-9"], "compares names byte by byte", () => ({ key: (name) => name })),
  should("ascii-case", ["LOGIN-9"], "compares names with strcasecmp, which knows only a to z", () => ({
    key: (name) => name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
  })),
  should(
    "lower-case-only",
    ["LOGIN-9"],
    "compares names with toLowerCase, which keeps ß, ligatures and wide letters apart",
    () => ({ key: (name) => name.toLowerCase() })
  ),
  must(
    "names-lowered",
    ["MSG-1", "LIST-1", "LOGIN-9"],
    "turns names to lower case to compare them, and shows them that way",
    (base) => ({ claim: (client, name) => base.claim(client, name.toLowerCase()) })
  ),
  ...[8, 24, 31].flatMap((letters) => [
    must(
      `names-compared-to-${letters}`,
      ["LOGIN-1"],
      `compares names with strncmp, up to their letter ${letters}`,
      (base) => ({ key: (name) => base.key(name.slice(0, letters)) })
    ),
    must(
      `names-cut-to-${letters}`,
      ["LOGIN-1", "MSG-1", "LIST-1"],
      `keeps names in a char[${letters + 1}]`,
      (base) => ({ ...believing(base), claim: (client, name) => base.claim(client, name.slice(0, letters)) })
    )
  ]),
  should(
    "welcome-overtaken",
    ["LOGIN-10"],
    "puts the new member into the room first and answers later",
    (base) => ({
      login: async (client, request) => {
        const reply = await base.login(client, request)
        return after(10, () => reply)
      }
    })
  )
]

/** Takes a name some milliseconds after it was found free, from whoever took it in the meantime, where this is one to lose. */
const takingLater = (base: Chat, isLost: () => boolean): Partial<Chat> => ({
  login: async (client, request) => {
    const problem = base.problemOfLogin(client, request)
    if (problem !== undefined) return base.refusal(problem, client)
    const name = request.username as string
    if (base.members.has(base.key(name)) || !isLost()) return base.login(client, request)
    await after(20, () => {})
    if (client.ended) return base.refusal("username_taken", client)
    base.members.delete(base.key(name))
    return base.login(client, request)
  },
  release: (client, name) => {
    if (base.members.get(base.key(name)) === client) base.release(client, name)
  }
})

/** Lets a client log in again under one more name, and lists all of them. */
const severalNames = (base: Chat): Pick<Chat, "problemOfLogin" | "claim" | "usernames" | "recipients"> => {
  const names = new Map<string, string>()
  return {
    problemOfLogin: (client, request) => base.problemOfLogin({ ...client, name: undefined }, request),
    ...claiming(base, (isGranted, _, name) => {
      if (isGranted) names.set(base.key(name), name)
    }),
    usernames: () => [...base.members.keys()].flatMap((key) => names.get(key) ?? []),
    recipients: (from) => [...new Set(base.recipients(from))]
  }
}
