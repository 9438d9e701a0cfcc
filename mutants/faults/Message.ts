import { after, delayed } from "../Changes.ts"
import type { Chat, Client, Event, Reply } from "../chat/Chat.ts"
import type { Fault } from "../Fault.ts"

/** MSG-1 to MSG-5, MSG-7 to MSG-10 and SYNC-1: who hears what, when, and from whom. */
export const messageFaults: ReadonlyArray<Fault> = [
  {
    name: "first-four-only",
    level: "must",
    clauses: ["MSG-1"],
    student: "sends to the first four sockets of an array",
    change: (base) => ({ recipients: (from) => base.recipients(from).slice(0, 4) })
  },
  {
    name: "stops-at-the-sender",
    level: "must",
    clauses: ["MSG-1"],
    student: "writes break where continue was meant, and who logged in after the sender hears nothing",
    change: (base) => ({
      recipients: (from) => {
        const members = [...base.members.values()]
        return members.slice(0, members.indexOf(from))
      }
    })
  },
  {
    name: "last-one-forgotten",
    level: "must",
    clauses: ["MSG-1"],
    student: "loops to size - 1",
    change: (base) => ({
      recipients: (from) => [...base.members.values()].slice(0, -1).filter((member) => member !== from)
    })
  },
  {
    name: "stops-at-the-dead",
    level: "must",
    clauses: ["MSG-1", "LEAVE-4"],
    student: "gives the whole loop up where one send fails",
    change: (base) => ({
      leave: (client) => void setTimeout(() => base.leave(client), 30),
      recipients: (from) => {
        const others = base.recipients(from)
        const dead = others.findIndex((member) => member.ended)
        return dead === -1 ? others : others.slice(0, dead)
      }
    })
  },
  {
    name: "delivered-twice",
    level: "must",
    clauses: ["MSG-1"],
    student: "sends to everyone in the loop and once more after it",
    change: (base) => ({
      broadcast: (from, event) => {
        void base.broadcast(from, event)
        return base.broadcast(from, event)
      }
    })
  },
  {
    name: "twice-after-coming-back",
    level: "must",
    clauses: ["MSG-1"],
    student: "adds to the list of receivers at each login and never removes",
    change: (base) => {
      const gone = new Set<string>()
      return {
        release: (client, name) => {
          gone.add(name)
          base.release(client, name)
        },
        recipients: (from) =>
          base.recipients(from).flatMap((to) => (gone.has(to.name ?? "") ? [to, to] : [to]))
      }
    }
  },
  {
    name: "ack-missing",
    level: "must",
    clauses: ["MSG-2", "REQ-2"],
    student: "passes a message on and tells its sender nothing",
    change: (base) => ({
      message: (client, request) => {
        const reply = base.message(client, request) as Reply
        return reply.status === "success" ? undefined : reply
      }
    })
  },
  {
    name: "ack-without-status",
    level: "must",
    clauses: ["MSG-2"],
    student: "answers a message with `type: ack`",
    change: () => ({ sent: () => ({ type: "ack", message: "Message envoyé à tous les clients" }) })
  },
  {
    name: "ack-misspelt",
    level: "should",
    clauses: ["MSG-2"],
    student: "acknowledges in words of his own",
    change: () => ({ sent: () => ({ status: "success", message: "Message envoyé" }) })
  },
  {
    name: "sender-hears-itself",
    level: "must",
    clauses: ["MSG-3"],
    student: "sends to everyone without looking who it came from",
    change: (base) => ({ recipients: () => [...base.members.values()] })
  },
  {
    name: "order-reversed",
    level: "must",
    clauses: ["MSG-4"],
    student: "collects messages on a stack and empties it from the top",
    change: (base) => {
      const stack: Array<[Client, Event, Client]> = []
      return {
        deliver: (...delivery) => {
          if (stack.length === 0)
            setTimeout(() => {
              while (stack.length > 0) void base.deliver(...stack.pop()!)
            }, 5)
          stack.push(delivery)
        }
      }
    }
  },
  {
    name: "thread-per-message",
    level: "must",
    clauses: ["MSG-4"],
    student: "starts a thread for each message, and the threads race",
    change: (base) => {
      let sent = 0
      return {
        broadcast: (from, event) => {
          setTimeout(() => void base.broadcast(from, event), sent++ % 2 === 0 ? 8 : 0)
        }
      }
    }
  },
  {
    name: "order-of-each-receiver",
    level: "should",
    clauses: ["MSG-5"],
    student: "gives each pair of clients a queue of its own",
    change: (base) => {
      const number = numbering()
      return delayed("deliver", (to, _, from) => ((number(to) + number(from)) % 2) * 4)(base)
    }
  },
  {
    name: "name-from-the-request",
    level: "should",
    clauses: ["MSG-7"],
    student: "believes the name in the request",
    change: (base) => ({
      ...believing(base),
      event: (_, request) => ({ type: "message", username: request.username, content: request.content })
    })
  },
  {
    name: "wrong-name-ignored",
    level: "should",
    clauses: ["MSG-7"],
    student: "never looks at the name in a request, so a lie passes for the truth",
    change: (base) => believing(base)
  },
  {
    name: "name-needed",
    level: "should",
    clauses: ["MSG-7"],
    student: "refuses a message that does not repeat its sender's name",
    change: (base) => ({
      problemOfMessage: (client, request) =>
        base.problemOfMessage(client, request) ??
        (request.username === undefined ? "invalid_request" : undefined)
    })
  },
  {
    name: "name-to-the-letter",
    level: "should",
    clauses: ["MSG-7"],
    student: "refuses Alice's message because she logged in as alice",
    change: (base) => ({
      problemOfMessage: (client, request) =>
        base.problemOfMessage(client, request) ??
        ([undefined, client.name].includes(request.username as string) ? undefined : "username_mismatch")
    })
  },
  {
    name: "strangers-hear",
    level: "should",
    clauses: ["MSG-8"],
    student: "sends to every socket, logged in or not",
    change: (base) => ({ recipients: (from) => [...base.clients].filter((client) => client !== from) })
  },
  {
    name: "empty-content",
    level: "should",
    clauses: ["MSG-9"],
    student: "delivers an empty message",
    change: (base) => ({
      problemOfMessage: (client, request) =>
        base.problemOfMessage(client, request.content === "" ? { ...request, content: "x" } : request)
    })
  },
  {
    name: "content-undefined",
    level: "should",
    clauses: ["MSG-9"],
    student: "delivers a message that has no content",
    change: (base) => ({
      problemOfMessage: (client, request) => base.problemOfMessage(client, { content: "x", ...request })
    })
  },
  {
    name: "content-of-any-kind",
    level: "should",
    clauses: ["MSG-9"],
    student: "makes a string of whatever content is",
    change: (base) => ({
      problemOfMessage: (client, { content, username }) =>
        base.problemOfMessage(client, { content: content && String(content), username }),
      event: (client, { content }) => ({ type: "message", username: client.name, content: String(content) })
    })
  },
  {
    name: "send-blocks",
    level: "should",
    clauses: ["MSG-10"],
    student: "has a sender's thread wait in send() for the one who does not read",
    change: (base) => ({ broadcast: (from, event) => oneAfterTheOther(base, from, event) })
  },
  {
    name: "lock-while-sending",
    level: "should",
    clauses: ["MSG-10"],
    student: "holds the lock of the client table while sending",
    change: (base) => {
      let unlocked = Promise.resolve()
      return {
        answer: (client, value) => (unlocked = unlocked.then(() => base.answer(client, value))),
        broadcast: (from, event) => oneAfterTheOther(base, from, event)
      }
    }
  },
  {
    name: "list-overtakes",
    level: "should",
    clauses: ["SYNC-1"],
    student: "leaves the deliveries to another thread and answers at once",
    change: delayed("deliver", () => 15)
  }
]

/** Takes any name in a request for right. */
const believing = (base: Chat): Pick<Chat, "problemOfMessage"> => ({
  problemOfMessage: (client, request) => base.problemOfMessage(client, { ...request, username: undefined })
})

const oneAfterTheOther = async (base: Chat, from: Client, event: Event): Promise<void> => {
  for (const to of base.recipients(from)) {
    void base.deliver(to, event, from)
    while (to.socket.writableNeedDrain && !to.ended) await after(1, () => {})
  }
}

const numbering = (): ((client: Client) => number) => {
  const numbers = new Map<Client, number>()
  return (client) => numbers.get(client) ?? numbers.set(client, numbers.size).size - 1
}
