import { after, refused } from "../Changes.ts"
import type { Client } from "../chat/Chat.ts"
import type { Fault } from "../Fault.ts"

/** LOGIN-1 to LOGIN-10: who gets which name. */
export const loginFaults: ReadonlyArray<Fault> = [
  {
    name: "status-ok",
    level: "must",
    clauses: ["LOGIN-1"],
    student: "answers with `status: ok`",
    change: (base) => ({
      welcome: (client, request) => ({ ...base.welcome(client, request), status: "ok" })
    })
  },
  {
    name: "python-repr",
    level: "must",
    clauses: ["LOGIN-1"],
    student: "sends str(dict), which has single quotes",
    change: () => ({ encode: (object) => JSON.stringify(object).replaceAll('"', "'") + "\n" })
  },
  {
    name: "nul-after-each-object",
    level: "must",
    clauses: ["LOGIN-1", "WIRE-1"],
    student: "sends strlen + 1 bytes",
    change: (base) => ({ encode: (object) => base.encode(object) + "\0" })
  },
  {
    name: "ascii-names",
    level: "must",
    clauses: ["LOGIN-1"],
    student: "checks names with isalnum, which knows no accents",
    change: (base) => ({
      problemOfLogin: (client, request) =>
        /^[a-z0-9_-]*$/i.test(String(request.username))
          ? base.problemOfLogin(client, request)
          : "invalid_username"
    })
  },
  {
    name: "welcome-misspelt",
    level: "should",
    clauses: ["LOGIN-2"],
    student: "leaves the comma out of the welcome",
    change: (base) => ({
      welcome: (client, request) => ({
        ...base.welcome(client, request),
        message: `Bienvenue ${client.name}`
      })
    })
  },
  {
    name: "duplicates",
    level: "must",
    clauses: ["LOGIN-3", "LOGIN-4"],
    student: "never looks whether a name is taken",
    change: (base) => ({
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
    })
  },
  {
    name: "newest-wins",
    level: "must",
    clauses: ["LOGIN-3"],
    student: "throws the owner out when somebody else comes with its name",
    change: (base) => ({
      claim: (client, name) => {
        const owner = base.members.get(base.key(name))
        if (owner !== undefined) base.end(owner)
        return base.claim(client, name)
      }
    })
  },
  {
    name: "refused-becomes-owner",
    level: "must",
    clauses: ["LOGIN-3"],
    student: "writes the socket into the table first and looks for duplicates second",
    change: (base) => ({
      claim: (client, name) => {
        const key = base.key(name)
        if (!base.members.has(key)) return base.claim(client, name)
        base.members.set(key, client)
        return false
      }
    })
  },
  {
    name: "refused-frees-the-name",
    level: "must",
    clauses: ["LOGIN-3"],
    student: "removes the name at the end of a thread, also when it was refused there",
    change: (base) => {
      const tried = new WeakMap<Client, string>()
      return {
        claim: (client, name) => {
          const granted = base.claim(client, name)
          if (!granted) tried.set(client, name)
          return granted
        },
        closed: (client) => {
          base.members.delete(base.key(tried.get(client) ?? ""))
          base.closed(client)
        }
      }
    }
  },
  {
    name: "owner-is-told",
    level: "must",
    clauses: ["LOGIN-3"],
    student: "sends the refusal to the socket that it finds under the name",
    change: (base) => ({
      claim: (client, name) => {
        const granted = base.claim(client, name)
        const owner = base.members.get(base.key(name))!
        if (!granted) base.send(owner, base.refusal("username_taken", owner))
        return granted
      }
    })
  },
  {
    name: "refusal-unanswered",
    level: "must",
    clauses: ["LOGIN-3", "REQ-2"],
    student: "answers a login only where it succeeds",
    change: refused(() => undefined)
  },
  {
    name: "refusal-is-a-failure",
    level: "should",
    clauses: ["LOGIN-3"],
    student: "has its own word for errors",
    change: (base) => ({ refusal: (code, client) => ({ ...base.refusal(code, client), status: "failure" }) })
  },
  {
    name: "claim-race",
    level: "must",
    clauses: ["LOGIN-4"],
    student: "looks whether a name is free in one step and takes it in another",
    change: (base) => ({
      login: async (client, request) => {
        const problem = base.problemOfLogin(client, request)
        if (problem !== undefined) return base.refusal(problem, client)
        const name = request.username as string
        const isFree = !base.members.has(base.key(name))
        await after(5, () => {})
        if (!isFree || client.ended) return base.refusal("username_taken", client)
        base.members.delete(base.key(name))
        base.claim(client, name)
        base.announce("joined", client, name)
        return base.welcome(client, request)
      },
      release: (client, name) => {
        if (base.members.get(base.key(name)) === client) base.release(client, name)
      }
    })
  },
  {
    name: "refused-for-good",
    level: "should",
    clauses: ["LOGIN-5"],
    student: "remembers that a login was refused and refuses all that follow on the connection",
    change: (base) => {
      const refusedBefore = new WeakSet<Client>()
      return {
        claim: (client, name) => {
          const granted = !refusedBefore.has(client) && base.claim(client, name)
          if (!granted) refusedBefore.add(client)
          return granted
        }
      }
    }
  },
  {
    name: "refused-is-closed",
    level: "should",
    clauses: ["LOGIN-5"],
    student: "closes the connection after a refusal",
    change: refused((base, client, reply, request) => {
      base.reply(client, reply, request)
      base.end(client)
      return undefined
    })
  },
  {
    name: "any-name",
    level: "should",
    clauses: ["LOGIN-6"],
    student: "takes any string for a name, also an empty one",
    change: () => ({ isName: () => true })
  },
  {
    name: "long-names",
    level: "should",
    clauses: ["LOGIN-6"],
    student: "sets no limit to the length of a name",
    change: () => ({ nameCodePointsMax: Number.POSITIVE_INFINITY })
  },
  {
    name: "long-name-kills",
    level: "should",
    clauses: ["LOGIN-6"],
    student: "copies a name of any length into a char[33]",
    change: (base) => ({
      isName: (name) => {
        if ([...name.normalize("NFC")].length > 32) throw new Error("stack smashing detected")
        return base.isName(name)
      }
    })
  },
  {
    name: "name-in-bytes",
    level: "should",
    clauses: ["LOGIN-6"],
    student: "counts bytes where characters were meant",
    change: (base) => ({ isName: (name) => base.isName(name) && Buffer.byteLength(name) <= 32 })
  },
  {
    name: "name-before-nfc",
    level: "should",
    clauses: ["LOGIN-6"],
    student: "counts an accent that stands apart as a character of its own",
    change: (base) => ({ isName: (name) => base.isName(name) && [...name].length <= 32 })
  },
  {
    name: "name-trimmed",
    level: "should",
    clauses: ["LOGIN-6"],
    student: "cuts the blanks off a name and lets it in",
    change: (base) => ({
      problemOfLogin: (client, { username }) =>
        base.problemOfLogin(client, { username: typeof username === "string" ? username.trim() : username }),
      claim: (client, name) => base.claim(client, name.trim())
    })
  },
  {
    name: "name-of-any-letters",
    level: "should",
    clauses: ["LOGIN-6"],
    student: "checks the ends and the length of a name, but not what is in it",
    change: () => ({ isName: (name) => name !== "" && name.trim() === name && name.length <= 64 })
  },
  {
    name: "strangers-speak",
    level: "should",
    clauses: ["LOGIN-7"],
    student: "passes messages on without asking whether their sender has logged in",
    change: (base) => ({
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
  },
  {
    name: "strangers-are-heard",
    level: "should",
    clauses: ["LOGIN-7"],
    student: "refuses the message of a stranger, but only after it went out",
    change: (base) => ({
      message: (client, request) => {
        const event = { type: "message", username: request.username, content: request.content }
        if (client.name === undefined) void base.broadcast(client, event)
        return base.message(client, request)
      }
    })
  },
  {
    name: "strangers-look",
    level: "should",
    clauses: ["LOGIN-7"],
    student: "shows the list to everyone who is connected",
    change: () => ({ mayList: () => true })
  },
  {
    name: "second-login-renames",
    level: "should",
    clauses: ["LOGIN-8"],
    student: "lets a second login take another name and gives the first one back",
    change: (base) => ({
      login: (client, request) => {
        if (client.name !== undefined) base.release(client, client.name)
        return base.login(client, request)
      }
    })
  },
  {
    name: "second-login-adds",
    level: "should",
    clauses: ["LOGIN-8"],
    student: "gives a second name to a client that has one",
    change: (base) => {
      const names = new Map<string, string>()
      return {
        problemOfLogin: (client, request) => base.problemOfLogin({ ...client, name: undefined }, request),
        claim: (client, name) => {
          const granted = base.claim(client, name)
          if (granted) names.set(base.key(name), name)
          return granted
        },
        usernames: () => [...base.members.keys()].flatMap((key) => names.get(key) ?? []),
        release: (client, name) => {
          base.release(client, name)
          for (const [key, member] of base.members) if (member === client) base.members.delete(key)
        }
      }
    }
  },
  {
    name: "second-login-welcomed",
    level: "should",
    clauses: ["LOGIN-8"],
    student: "says welcome to a second login and does nothing",
    change: (base) => ({
      login: (client, request) =>
        client.name === undefined ? base.login(client, request) : base.welcome(client, request)
    })
  },
  {
    name: "case-matters",
    level: "should",
    clauses: ["LOGIN-9"],
    student: "compares names byte by byte",
    change: () => ({ key: (name) => name })
  },
  {
    name: "ascii-case",
    level: "should",
    clauses: ["LOGIN-9"],
    student: "compares names with strcasecmp, which knows only a to z",
    change: () => ({ key: (name) => name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()) })
  },
  {
    name: "lower-case-only",
    level: "should",
    clauses: ["LOGIN-9"],
    student: "compares names with toLowerCase, which keeps ß, ligatures and wide letters apart",
    change: () => ({ key: (name) => name.toLowerCase() })
  },
  {
    name: "names-lowered",
    level: "must",
    clauses: ["MSG-1", "LIST-1", "LOGIN-9"],
    student: "turns names into small letters to compare them, and shows them so",
    change: (base) => ({ claim: (client, name) => base.claim(client, name.toLowerCase()) })
  },
  {
    name: "names-cut",
    level: "must",
    clauses: ["MSG-1", "LIST-1"],
    student: "keeps names in a char[8]",
    change: (base) => ({ claim: (client, name) => base.claim(client, name.slice(0, 7)) })
  },
  {
    name: "welcome-overtaken",
    level: "should",
    clauses: ["LOGIN-10"],
    student: "puts the new member into the room first and answers later",
    change: (base) => ({
      login: async (client, request) => {
        const reply = await base.login(client, request)
        return after(10, () => reply)
      }
    })
  }
]
