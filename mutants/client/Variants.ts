import { connect } from "node:net"
import type { Change } from "./Client.ts"

/** A client that differs from the base and is just as right about every must. */
export interface ClientVariant {
  readonly name: string
  readonly differs: string
  readonly change: Change
}

const variant = (name: string, differs: string, change: Change): ClientVariant => ({ name, differs, change })

/** The pause before it tries once more to connect. */
const pauseMillis = 50

/** Correct clients as other people write them; each must pass every must scenario. */
export const clientVariants: ReadonlyArray<ClientVariant> = [
  variant("client-by-lines", "reads lines", (_base, client) => {
    let rest = Buffer.alloc(0)
    return {
      read: (bytes) => {
        rest = Buffer.concat([rest, bytes])
        for (let end = rest.indexOf("\n"); end !== -1; end = rest.indexOf("\n")) {
          client.received(JSON.parse(rest.subarray(0, end).toString()) as never)
          rest = rest.subarray(end + 1)
        }
      }
    }
  }),
  variant("client-of-the-sheet", "prints whatever comes, as it comes", (_base, client) => ({
    read: (bytes) => client.show(bytes.toString())
  })),
  variant("client-with-prompt", "has a prompt that it draws anew after each line", (base, client) => ({
    show: (line) => base.print(`\r\u001b[K${line}\n${client.username}> `)
  })),
  variant("client-in-colour", "colours names, and names the window", (base, client) => ({
    start: (port, name) => {
      client.print("\u001b]0;my chat\u0007\u001b[?2004h")
      base.start(port, name)
    },
    heard: ({ content, username }) =>
      client.show(`\u001b[1;32m${username}\u001b[0m \u001b[2m»\u001b[0m ${content}`)
  })),
  variant("client-draws-anew", "draws all that was said again and again", (base) => {
    const lines: Array<string> = []
    return {
      show: (line) => {
        lines.push(line)
        base.print(`\u001b[2J\u001b[H${lines.join("\n")}\n`)
      }
    }
  }),
  variant("client-with-echo", "shows own lines, too", (base, client) => ({
    say: (content) => {
      client.show(`me: ${content}`)
      base.say(content)
    }
  })),
  variant("client-with-times", "puts a time in front and the name on a line behind", (_base, client) => ({
    heard: ({ content, username }) =>
      client.show(`[${new Date().toISOString()}] ${content}\n    -- ${username}`)
  })),
  variant("client-tells-answers", "prints each answer", (base, client) => ({
    answered: (answer) => {
      client.show(`server: ${JSON.stringify(answer)}`)
      base.answered(answer)
    }
  })),
  variant(
    "client-asks-often",
    "asks who is there before each message and after the login",
    (base, client) => ({
      users: () => undefined,
      list: () => {
        Object.assign(client, { users: base.users })
        base.list()
      },
      login: () => {
        base.login()
        client.send({ type: "list" })
      },
      say: (content) => {
        client.send({ type: "list" })
        base.say(content)
      }
    })
  ),
  variant("client-waits-for-the-answer", "sends nothing before the last answer is there", (base) => {
    const waiting: Array<string> = []
    let awaits = false
    const next = () => {
      const content = awaits ? undefined : waiting.shift()
      if (content === undefined) return
      awaits = true
      base.say(content)
    }
    return {
      say: (content) => {
        waiting.push(content)
        next()
      },
      answered: (answer) => {
        base.answered(answer)
        awaits = false
        next()
      }
    }
  }),
  variant("client-logs-out", "says goodbye before it closes", (base, client) => ({
    quit: () => client.send({ type: "logout" }),
    ended: () => base.ended()
  })),
  variant("client-comes-back", "logs in again where the server ends the connection", (base, client) => {
    let port = 0
    const again = () => {
      client.socket = connect({ host: "127.0.0.1", port }, () => client.login())
      client.socket.on("data", (bytes: Buffer) => client.read(bytes))
      client.socket.on("error", () => {}) // a close always follows
      client.socket.once("close", () => setTimeout(again, pauseMillis))
    }
    return {
      start: (to, name) => {
        port = to
        base.start(to, name)
      },
      ended: () => {
        client.show("trying again")
        again()
      }
    }
  }),
  variant("client-resets", "closes with RST", (_base, client) => ({
    quit: () => {
      client.socket.resetAndDestroy()
      process.exit(0)
    }
  })),
  variant("client-in-escapes", "writes everything but ASCII as \\uXXXX, indented, with more fields", () => ({
    encode: (message) =>
      `${JSON.stringify({ at: 1, ...message }, null, 2).replaceAll(
        /[^\0-\x7f]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`
      )}\r\n`
  })),
  variant("client-in-pieces", "writes each byte by itself", (_base, client) => ({
    send: (message) => {
      for (const byte of Buffer.from(client.encode(message))) client.socket.write(Buffer.of(byte))
    }
  })),
  variant("client-logs-in-by-word", "takes `/login NAME`, and a plain name as well", (base, client) => ({
    login: () => {
      Object.assign(client, { username: client.username.replace(/^\/login /, "") })
      base.login()
    }
  })),
  variant("client-asks-first", "asks for the name before it connects", (base, client) => ({
    start: (port) => {
      client.print("Who are you? ")
      process.stdin.once("data", (line) => {
        const [name = ""] = line.toString().split("\n")
        base.start(port, name)
      })
    }
  }))
]
