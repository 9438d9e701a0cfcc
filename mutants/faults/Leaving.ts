import { unserved } from "../Changes.ts"
import type { Client } from "../chat/Chat.ts"
import type { Fault } from "../Fault.ts"

/** LIST, LEAVE, PING, LOGOUT and CONC: who is there, who is gone, and how many at once. */
export const leavingFaults: ReadonlyArray<Fault> = [
  {
    name: "asker-not-listed",
    level: "must",
    clauses: ["LIST-1"],
    student: "lists the others",
    change: (base) => ({
      list: (client) =>
        client.name === undefined
          ? base.refusal("not_logged_in", client)
          : base.users(base.usernames().filter((name) => name !== client.name))
    })
  },
  {
    name: "listed-twice",
    level: "must",
    clauses: ["LIST-1"],
    student: "adds the asker to a list on which it already is",
    change: (base) => ({
      list: (client) =>
        client.name === undefined
          ? base.refusal("not_logged_in", client)
          : base.users([...base.usernames(), client.name])
    })
  },
  {
    name: "list-of-five",
    level: "must",
    clauses: ["LIST-1"],
    student: "has room for five names",
    change: (base) => ({ usernames: () => base.usernames().slice(0, 5) })
  },
  {
    name: "list-as-text",
    level: "must",
    clauses: ["LIST-1"],
    student: "sends the names as one string with commas",
    change: (base) => ({ users: (names) => ({ ...base.users([]), users: names.join(", ") }) })
  },
  {
    name: "list-with-a-comma-too-many",
    level: "must",
    clauses: ["LIST-1"],
    student: "writes a comma after each name, the last one included",
    change: (base) => ({ encode: (object) => base.encode(object).replace(/"\](?=[,}])/, '",]') })
  },
  {
    name: "list-by-name",
    level: "should",
    clauses: ["LIST-1"],
    student: "keeps names in a std::map, which sorts them",
    change: (base) => ({ usernames: () => base.usernames().toSorted() })
  },
  {
    name: "list-newest-first",
    level: "should",
    clauses: ["LIST-1"],
    student: "puts each newcomer at the head of a linked list",
    change: (base) => ({ usernames: () => base.usernames().toReversed() })
  },
  {
    name: "list-never-shrinks",
    level: "must",
    clauses: ["LIST-2"],
    student: "frees the name of one who leaves but keeps it on the list",
    change: (base) => {
      const seen = new Set<string>()
      return {
        claim: (client, name) => {
          const granted = base.claim(client, name)
          if (granted) seen.add(name)
          return granted
        },
        usernames: () => [...seen]
      }
    }
  },
  {
    name: "strangers-listed",
    level: "must",
    clauses: ["LIST-2"],
    student: "lists every socket, with an empty name where none is known yet",
    change: (base) => ({
      usernames: () => [...base.clients].filter(({ ended }) => !ended).map(({ name }) => name ?? "")
    })
  },
  {
    name: "refused-listed",
    level: "must",
    clauses: ["LIST-2", "LIST-1"],
    student: "adds a name to the list before it looks whether it is free",
    change: (base) => {
      const tried: Array<string> = []
      return {
        claim: (client, name) => {
          const granted = base.claim(client, name)
          if (!granted) tried.push(name)
          return granted
        },
        usernames: () => [...base.usernames(), ...tried]
      }
    }
  },
  {
    name: "name-never-free",
    level: "must",
    clauses: ["LEAVE-1"],
    student: "takes who leaves off the list and keeps the name",
    change: () => ({ release: (client) => void (client.name = undefined) })
  },
  {
    name: "fin-unnoticed",
    level: "must",
    clauses: ["LEAVE-1"],
    student: "takes recv's 0 for “nothing yet”",
    change: () => ({ finished: () => {} })
  },
  {
    name: "fin-noticed-late",
    level: "must",
    clauses: ["LEAVE-1"],
    student: "notices who has left when a minute's sweep comes round",
    change: (base) => ({ leave: (client) => void setTimeout(() => base.leave(client), 60_000).unref() })
  },
  {
    name: "reset-keeps-the-name",
    level: "must",
    clauses: ["LEAVE-2"],
    student: "frees a name where recv gives 0, not where it gives -1",
    change: (base) => ({
      leave: (client) => (client.socket.errored === null ? base.leave(client) : undefined)
    })
  },
  {
    name: "half-a-request-keeps-the-name",
    level: "must",
    clauses: ["LEAVE-2"],
    student: "waits for the rest of a request in a loop that only its end can leave",
    change: (base) => {
      const waiting = new WeakSet<Client>()
      return {
        converse: async (client) => {
          client.socket.prependListener("data", (chunk: Buffer) => {
            if (/[}\s]$/.test(chunk.toString())) waiting.delete(client)
            else waiting.add(client)
          })
          await base.converse(client)
        },
        leave: (client) => (waiting.has(client) ? undefined : base.leave(client))
      }
    }
  },
  {
    name: "reset-kills",
    level: "must",
    clauses: ["LEAVE-4"],
    student: "throws where recv gives -1",
    change: (base) => ({
      accept: (socket) => {
        socket.on("error", (error) => {
          throw error
        })
        base.accept(socket)
      }
    })
  },
  {
    name: "sigpipe-kills",
    level: "must",
    clauses: ["LEAVE-4"],
    student: "does not ignore SIGPIPE",
    change: (base) => ({
      accept: (socket) => {
        socket.on("error", (error: NodeJS.ErrnoException) => {
          if (error.syscall === "write") throw error
        })
        base.accept(socket)
      }
    })
  },
  {
    name: "ends-the-neighbour",
    level: "must",
    clauses: ["LEAVE-4"],
    student: "closes the socket at index i after the one at index i was removed",
    change: (base) => {
      const struck = new WeakSet<Client>()
      return {
        leave: (client) => {
          const members = [...base.members.values()]
          const neighbour = members[members.indexOf(client) + 1]
          const isMember = client.name !== undefined
          base.leave(client)
          if (neighbour === undefined || !isMember || struck.has(client)) return
          struck.add(neighbour)
          base.end(neighbour)
        }
      }
    }
  },
  {
    name: "ends-when-empty",
    level: "must",
    clauses: ["LEAVE-1"],
    student: "loops while there are clients, and ends with the last one",
    change: (base) => ({
      release: (client, name) => {
        base.release(client, name)
        if (base.members.size === 0) process.exit(0)
      }
    })
  },
  {
    name: "seats-never-free",
    level: "must",
    clauses: ["LEAVE-1", "LEAVE-2"],
    student: "counts clients up and never down, and has room for ten",
    change: (base) => {
      let seats = 10
      return { accept: (socket) => (seats-- > 0 ? base.accept(socket) : unserved(socket)) }
    }
  },
  {
    name: "half-close-is-the-end",
    level: "should",
    clauses: ["LEAVE-5"],
    student: "throws away what it has not sent yet when the client says that it has said all",
    change: (base) => {
      const ending = new WeakSet<Client>()
      return {
        receive: (client, frame) => (ending.has(client) ? undefined : base.receive(client, frame)),
        write: (client, bytes) => void setTimeout(() => base.write(client, bytes), 10),
        end: (client) => {
          ending.add(client)
          setTimeout(() => base.end(client), 20)
        },
        finished: (client) => void client.socket.destroy()
      }
    }
  },
  {
    name: "ping-unknown",
    level: "should",
    clauses: ["PING-1"],
    student: "never heard of ping",
    change: (base) => ({ ping: (client) => base.refusal("unknown_type", client) })
  },
  {
    name: "ping-for-members",
    level: "should",
    clauses: ["PING-1"],
    student: "answers a ping only after the login",
    change: (base) => ({
      ping: (client, request) =>
        client.name === undefined ? base.refusal("not_logged_in", client) : base.ping(client, request)
    })
  },
  {
    name: "logout-unknown",
    level: "should",
    clauses: ["LOGOUT-1"],
    student: "never heard of logout",
    change: (base) => ({ logout: (client) => base.refusal("unknown_type", client) })
  },
  {
    name: "logout-unanswered",
    level: "should",
    clauses: ["LOGOUT-1"],
    student: "closes at a logout without a word",
    change: (base) => ({
      logout: (client) => {
        base.end(client)
        return undefined
      }
    })
  },
  {
    name: "logout-stays",
    level: "should",
    clauses: ["LOGOUT-1"],
    student: "says good-bye, frees the name and keeps the connection",
    change: (base) => ({
      logout: (client) => {
        const { name } = client
        if (name === undefined) return base.refusal("not_logged_in", client)
        base.leave(client)
        return base.goodbye(name)
      }
    })
  },
  {
    name: "logout-keeps-the-name",
    level: "should",
    clauses: ["LOGOUT-1"],
    student: "frees a name where the connection breaks, not where it ends well",
    change: (base) => {
      const polite = new WeakSet<Client>()
      return {
        logout: (client, request) => {
          polite.add(client)
          return base.logout(client, request)
        },
        leave: (client) => (polite.has(client) ? undefined : base.leave(client))
      }
    }
  },
  {
    name: "goes-on-after-logout",
    level: "should",
    clauses: ["LOGOUT-1"],
    student: "works through the rest of the segment after a logout",
    change: (base) => ({
      logout: (client, request) => {
        const { name } = client
        if (name === undefined) return base.refusal("not_logged_in", client)
        base.reply(client, base.goodbye(name), request)
        setTimeout(() => base.end(client), 5)
        return undefined
      }
    })
  },
  {
    name: "four-clients-only",
    level: "must",
    clauses: ["CONC-1"],
    student: "has an array of four threads",
    change: (base) => ({
      accept: (socket) => (base.clients.size < 4 ? base.accept(socket) : unserved(socket))
    })
  },
  {
    name: "fifty-clients-only",
    level: "should",
    clauses: ["CONC-1"],
    student: "has an array of fifty threads",
    change: (base) => ({
      accept: (socket) => (base.clients.size < 50 ? base.accept(socket) : unserved(socket))
    })
  },
  {
    name: "one-client-at-a-time",
    level: "must",
    clauses: ["CONC-1"],
    student: "serves one client to its end before it accepts the next",
    change: (base) => {
      let free = Promise.resolve()
      return {
        converse: (client) => (free = free.then(() => base.converse(client)))
      }
    }
  },
  {
    name: "waits-for-the-silent",
    level: "must",
    clauses: ["CONC-1"],
    student: "reads the login of a new client in the loop that accepts",
    change: (base) => {
      let spoken = Promise.resolve()
      return {
        converse: async (client) => {
          const before = spoken
          spoken = Promise.race([once(client, "data"), once(client, "close")]).then(() => before)
          await before
          await base.converse(client)
        }
      }
    }
  }
]

const once = ({ socket }: Client, event: "data" | "close"): Promise<void> =>
  new Promise((resolve) => void socket.prependOnceListener(event, () => resolve()))
