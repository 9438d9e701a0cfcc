import { after, believing, delayed, leavingLate } from "../Changes.ts"
import type { Chat, Client, Event, Reply } from "../chat/Chat.ts"
import { type Fault, must, should } from "../Fault.ts"

/** MSG-1 to MSG-5, MSG-7 to MSG-10 and SYNC-1: who hears what, when, and from whom. */
export const messageFaults: ReadonlyArray<Fault> = [
  must("first-four-only", ["MSG-1", "CONC-1"], "sends to the first four sockets of an array", (base) => ({
    recipients: (from) => base.recipients(from).slice(0, 4)
  })),
  must(
    "stops-at-the-sender",
    ["MSG-1"],
    "writes break where continue was meant, so whoever logged in after the sender hears nothing",
    (base) => ({
      recipients: (from) => {
        const members = [...base.members.values()]
        return members.slice(0, members.indexOf(from))
      }
    })
  ),
  must("last-one-forgotten", ["MSG-1"], "loops to size - 1", (base) => ({
    recipients: (from) => [...base.members.values()].slice(0, -1).filter((member) => member !== from)
  })),
  must("stops-at-the-dead", ["MSG-1", "LEAVE-4"], "gives up the whole loop when one send fails", (base) => ({
    ...leavingLate(base),
    recipients: (from) => {
      const others = base.recipients(from)
      const dead = others.findIndex((member) => member.ended)
      return dead === -1 ? others : others.slice(0, dead)
    }
  })),
  must("delivered-twice", ["MSG-1"], "sends to everyone in the loop and once more after it", (base) => ({
    broadcast: (from, event) => {
      void base.broadcast(from, event)
      return base.broadcast(from, event)
    }
  })),
  must(
    "twice-after-coming-back",
    ["MSG-1"],
    "adds to the list of receivers at each login and never removes",
    (base) => {
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
  ),
  must(
    "repeat-dropped",
    ["MSG-1"],
    "takes a message that is equal to the one before for the same and drops it",
    (base) => {
      let last = ""
      return {
        broadcast: (from, event) => {
          const text = JSON.stringify(event)
          if (text !== last) void base.broadcast(from, event)
          last = text
        }
      }
    }
  ),
  must("said-before", ["MSG-1"], "keeps messages in a set, so that a text is delivered only once", (base) => {
    const said = new Set<unknown>()
    return {
      broadcast: (from, event) => {
        if (!said.has(event.content)) void base.broadcast(from, event)
        said.add(event.content)
      }
    }
  }),
  must(
    "lost-with-its-sender",
    ["MSG-1", "LEAVE-4", "SYNC-1"],
    "queues messages with their sender and forgets the queue of one who leaves",
    (base) => ({
      deliver: (to, event, from) =>
        void setTimeout(() => {
          if (!from.ended) void base.deliver(to, event, from)
        }, 40)
    })
  ),
  must(
    "nameless-once-gone",
    ["MSG-1", "LEAVE-4", "SYNC-1"],
    "looks the sender's name up when a message goes out, when it may be free already",
    (base) => ({
      deliver: (to, event, from) =>
        void setTimeout(() => void base.deliver(to, { ...event, username: from.name ?? "" }, from), 40)
    })
  ),
  must(
    "ack-to-the-last",
    ["MSG-2", "REQ-2"],
    "uses one variable for the sender and for the loop over the receivers, and acknowledges to the last of them",
    (base) => ({
      message: (client, request) => {
        const last = base.recipients(client).at(-1)
        const reply = base.message(client, request) as Reply
        if (last === undefined || reply.status !== "success") return reply
        base.send(last, reply)
        return undefined
      }
    })
  ),
  must("ack-missing", ["MSG-2", "REQ-2"], "passes a message on and tells its sender nothing", (base) => ({
    message: (client, request) => {
      const reply = base.message(client, request) as Reply
      return reply.status === "success" ? undefined : reply
    }
  })),
  must("ack-without-status", ["MSG-2"], "answers a message with `type: ack`", () => ({
    sent: () => ({ type: "ack", message: "Message envoyé à tous les clients" })
  })),
  should("ack-misspelt", ["MSG-2"], "acknowledges in words of its own", () => ({
    sent: () => ({ status: "success", message: "Message envoyé" })
  })),
  must("sender-hears-itself", ["MSG-3"], "sends to everyone without looking who it came from", (base) => ({
    recipients: () => [...base.members.values()]
  })),
  must("order-reversed", ["MSG-4"], "collects messages on a stack and empties it from the top", (base) => {
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
  }),
  must("thread-per-message", ["MSG-4"], "starts a thread for each message, and the threads race", (base) => {
    let sent = 0
    return {
      broadcast: (from, event) => {
        setTimeout(() => void base.broadcast(from, event), sent++ % 2 === 0 ? 8 : 0)
      }
    }
  }),
  should("order-of-each-receiver", ["MSG-5"], "gives each pair of clients a queue of its own", (base) => {
    const number = numbering()
    return delayed("deliver", (to, _, from) => ((number(to) + number(from)) % 2) * 4)(base)
  }),
  should("name-from-the-request", ["MSG-7"], "believes the name in the request", (base) => ({
    ...believing(base),
    event: (_, request) => ({ type: "message", username: request.username, content: request.content })
  })),
  should(
    "wrong-name-ignored",
    ["MSG-7"],
    "never looks at the name in a request, so a lie passes for the truth",
    (base) => believing(base)
  ),
  should("name-needed", ["MSG-7"], "refuses a message that does not repeat its sender's name", (base) => ({
    problemOfMessage: (client, request) =>
      base.problemOfMessage(client, request) ??
      (request.username === undefined ? "invalid_request" : undefined)
  })),
  should(
    "name-to-the-letter",
    ["MSG-7"],
    "refuses Alice's message because she logged in as alice",
    (base) => ({
      problemOfMessage: (client, request) =>
        base.problemOfMessage(client, request) ??
        ([undefined, client.name].includes(request.username as string) ? undefined : "username_mismatch")
    })
  ),
  should("strangers-hear", ["MSG-8"], "sends to every socket, logged in or not", (base) => ({
    recipients: (from) => [...base.clients].filter((client) => client !== from)
  })),
  should("empty-content", ["MSG-9"], "delivers an empty message", (base) => ({
    problemOfMessage: (client, request) =>
      base.problemOfMessage(client, request.content === "" ? { ...request, content: "x" } : request)
  })),
  should("content-undefined", ["MSG-9"], "delivers a message that has no content", (base) => ({
    problemOfMessage: (client, request) => base.problemOfMessage(client, { content: "x", ...request })
  })),
  should("content-of-any-kind", ["MSG-9"], "turns whatever the content is into a string", (base) => ({
    problemOfMessage: (client, { content, username }) =>
      base.problemOfMessage(client, { content: content && String(content), username }),
    event: (client, { content }) => ({ type: "message", username: client.name, content: String(content) })
  })),
  should(
    "send-blocks",
    ["MSG-10"],
    "makes the sender's thread wait in send() for a client that does not read",
    (base) => ({ broadcast: (from, event) => oneAfterTheOther(base, from, event) })
  ),
  should("lock-while-sending", ["MSG-10"], "holds the lock of the client table while sending", (base) => {
    let unlocked = Promise.resolve()
    return {
      answer: (client, value) => (unlocked = unlocked.then(() => base.answer(client, value))),
      broadcast: (from, event) => oneAfterTheOther(base, from, event)
    }
  }),
  should(
    "list-overtakes",
    ["SYNC-1"],
    "leaves the deliveries to another thread and answers at once",
    delayed("deliver", () => 15)
  )
]

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
