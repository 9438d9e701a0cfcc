import { after, claiming, forMembers, leavingLate, unserved } from "../Changes.ts"
import type { Client } from "../chat/Chat.ts"
import { type Fault, must, should } from "../Fault.ts"

/** LIST, LEAVE, PING, LOGOUT and CONC: who is there, who is gone, and how many at once. */
export const leavingFaults: ReadonlyArray<Fault> = [
  must("asker-not-listed", ["LIST-1"], "lists the others", (base) => ({
    list: forMembers(base, (_, name) => base.users(base.usernames().filter((other) => other !== name)))
  })),
  must("listed-twice", ["LIST-1"], "adds the asker to a list that it is already on", (base) => ({
    list: forMembers(base, (_, name) => base.users([...base.usernames(), name]))
  })),
  must("list-of-five", ["LIST-1"], "has room for five names", (base) => ({
    usernames: () => base.usernames().slice(0, 5)
  })),
  must("list-as-text", ["LIST-1"], "sends the names as one string with commas", (base) => ({
    users: (names) => ({ ...base.users([]), users: names.join(", ") })
  })),
  must(
    "list-with-a-comma-too-many",
    ["LIST-1"],
    "writes a comma after each name, the last one included",
    (base) => ({ encode: (object) => base.encode(object).replace(/"\](?=[,}])/, '",]') })
  ),
  should("list-by-name", ["LIST-1"], "keeps names in a std::map, which sorts them", (base) => ({
    usernames: () => base.usernames().toSorted()
  })),
  should("list-newest-first", ["LIST-1"], "puts each newcomer at the head of a linked list", (base) => ({
    usernames: () => base.usernames().toReversed()
  })),
  must(
    "list-never-shrinks",
    ["LIST-2", "LEAVE-1", "LEAVE-2"],
    "frees the name of a client that leaves but keeps it on the list",
    (base) => {
      const seen = new Set<string>()
      return {
        ...claiming(base, (isGranted, _, name) => {
          if (isGranted) seen.add(name)
        }),
        usernames: () => [...seen]
      }
    }
  ),
  must(
    "strangers-listed",
    ["LIST-2"],
    "lists every socket, with an empty name where none is known yet",
    (base) => ({
      usernames: () => [...base.clients].filter(({ ended }) => !ended).map(({ name }) => name ?? "")
    })
  ),
  must(
    "refused-listed",
    ["LIST-2", "LIST-1"],
    "adds a name to the list before checking that it is free",
    (base) => {
      const tried: Array<string> = []
      return {
        ...claiming(base, (isGranted, _, name) => {
          if (!isGranted) tried.push(name)
        }),
        usernames: () => [...base.usernames(), ...tried]
      }
    }
  ),
  must(
    "list-of-the-last-login",
    ["LIST-2", "LEAVE-1", "LEAVE-2"],
    "makes the list at each login and sends that one until the next",
    (base) => {
      let names: ReadonlyArray<string> = []
      return {
        ...claiming(base, (isGranted) => {
          if (isGranted) names = base.usernames()
        }),
        usernames: () => names
      }
    }
  ),
  must(
    "list-of-the-own-login",
    ["LIST-1", "LIST-2", "LEAVE-1", "LEAVE-2"],
    "gives each client the list of those who were there when it came",
    (base) => {
      const names = new WeakMap<Client, ReadonlyArray<string>>()
      return {
        ...claiming(base, (isGranted, client) => {
          if (isGranted) names.set(client, base.usernames())
        }),
        list: forMembers(base, (client) => base.users(names.get(client)!))
      }
    }
  ),
  must(
    "name-never-free",
    ["LEAVE-1", "LEAVE-2"],
    "takes a client that leaves off the list but keeps its name",
    () => ({
      release: (client) => void (client.name = undefined)
    })
  ),
  must("fin-unnoticed", ["LEAVE-1"], "takes recv's 0 for “nothing yet”", () => ({ finished: () => {} })),
  must(
    "fin-noticed-late",
    ["LEAVE-1", "LEAVE-2"],
    "notices departures only in a sweep once a minute",
    (base) => ({
      leave: (client) => void setTimeout(() => base.leave(client), 60_000).unref()
    })
  ),
  must(
    "reset-keeps-the-name",
    ["LEAVE-2"],
    "frees a name when recv returns 0, not when it returns -1",
    (base) => ({
      leave: (client) => (client.socket.errored === null ? base.leave(client) : undefined)
    })
  ),
  must(
    "half-a-request-keeps-the-name",
    ["LEAVE-1", "LEAVE-2"],
    "waits for the rest of a request in a loop that only a complete request can leave",
    (base) => {
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
  ),
  must("reset-kills", ["LEAVE-4"], "throws when recv returns -1", (base) => ({
    accept: (socket) => {
      socket.on("error", (error) => {
        throw error
      })
      base.accept(socket)
    }
  })),
  must("sigpipe-kills", ["LEAVE-4"], "does not ignore SIGPIPE", (base) => ({
    accept: (socket) => {
      socket.on("error", (error: NodeJS.ErrnoException) => {
        if (error.syscall === "write") throw error
      })
      base.accept(socket)
    }
  })),
  must(
    "second-send-kills",
    ["LEAVE-4"],
    "survives the first send to one who has left, not the second, which raises SIGPIPE",
    (base) => {
      const warned = new WeakSet<Client>()
      return {
        ...leavingLate(base),
        write: (client, bytes) => {
          if (client.ended && warned.has(client)) throw new Error("SIGPIPE")
          if (client.ended) warned.add(client)
          base.write(client, bytes)
        }
      }
    }
  ),
  must(
    "failed-send-ends-the-sender",
    ["LEAVE-4"],
    "lets the exception of a send to one who has left end the thread of the sender",
    (base) => ({
      ...leavingLate(base),
      broadcast: (from, event) => {
        if (base.recipients(from).some(({ ended }) => ended)) return base.end(from)
        return base.broadcast(from, event)
      }
    })
  ),
  must(
    "dead-seat",
    ["LEAVE-4"],
    "keeps the socket of one who never logged in, and ends the thread of whoever sends to it",
    (base) => {
      const known = new WeakSet<Client>()
      let dead = 0
      return {
        ...claiming(base, (isGranted, client) => {
          if (isGranted) known.add(client)
        }),
        closed: (client) => {
          if (!known.has(client)) dead++
          base.closed(client)
        },
        broadcast: (from, event) =>
          after(10, () => (dead === 0 ? base.broadcast(from, event) : base.end(from)))
      }
    }
  ),
  must("ends-with-the-first", ["LEAVE-4"], "waits for its first client and then ends", (base) => {
    let first: Client | undefined
    return {
      ...claiming(base, (isGranted, client) => {
        if (isGranted) first ??= client
      }),
      release: (client, name) => {
        base.release(client, name)
        if (client === first) process.exit(0)
      }
    }
  }),
  must(
    "ends-the-neighbour",
    ["LEAVE-4"],
    "closes the socket at index i after the one at index i was removed",
    (base) => {
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
  ),
  must(
    "ends-when-empty",
    ["LEAVE-4", "LEAVE-1"],
    "loops while there are clients, and ends with the last one",
    (base) => ({
      release: (client, name) => {
        base.release(client, name)
        if (base.members.size === 0) process.exit(0)
      }
    })
  ),
  must(
    "seats-never-free",
    ["LEAVE-1", "LEAVE-2"],
    "counts clients up and never down, and has room for ten",
    (base) => {
      let seats = 10
      return { accept: (socket) => (seats-- > 0 ? base.accept(socket) : unserved(socket)) }
    }
  ),
  must(
    "slots-never-reused",
    ["LEAVE-1", "LEAVE-2"],
    "gives each member the next place of an array of a hundred",
    (base) => {
      let places = 100
      return { claim: (client, name) => places > 0 && base.claim(client, name) && places-- > 0 }
    }
  ),
  must(
    "table-overflows",
    ["LEAVE-1", "LEAVE-2"],
    "writes each connection into the next place of an array of a hundred, and then into what follows it",
    (base) => {
      let connections = 0
      return {
        accept: (socket) => {
          if (++connections > 100) throw new Error("segmentation fault")
          base.accept(socket)
        }
      }
    }
  ),
  should(
    "half-close-is-the-end",
    ["LEAVE-5"],
    "throws away what it has not sent yet when the client half-closes",
    (base) => {
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
  ),
  should("ping-unknown", ["PING-1"], "has never heard of ping", (base) => ({
    ping: (client) => base.refusal("unknown_type", client)
  })),
  should("ping-for-members", ["PING-1"], "answers a ping only after the login", (base) => ({
    ping: forMembers(base, (client, _, request) => base.ping(client, request))
  })),
  should("logout-unknown", ["LOGOUT-1"], "has never heard of logout", (base) => ({
    logout: (client) => base.refusal("unknown_type", client)
  })),
  should("logout-unanswered", ["LOGOUT-1"], "closes on logout without a word", (base) => ({
    logout: (client) => {
      base.end(client)
      return undefined
    }
  })),
  should("logout-stays", ["LOGOUT-1"], "says goodbye, frees the name and keeps the connection", (base) => ({
    logout: forMembers(base, (client, name) => {
      base.leave(client)
      return base.goodbye(name)
    })
  })),
  should(
    "logout-keeps-the-name",
    ["LOGOUT-1"],
    "frees a name when the connection breaks, not when it ends well",
    (base) => {
      const polite = new WeakSet<Client>()
      return {
        logout: (client, request) => {
          polite.add(client)
          return base.logout(client, request)
        },
        leave: (client) => (polite.has(client) ? undefined : base.leave(client))
      }
    }
  ),
  should(
    "goes-on-after-logout",
    ["LOGOUT-1"],
    "works through the rest of the segment after a logout",
    (base) => ({
      logout: forMembers(base, (client, name, request) => {
        base.reply(client, base.goodbye(name), request)
        setTimeout(() => base.end(client), 5)
        return undefined
      })
    })
  ),
  must("four-clients-only", ["CONC-1"], "has an array of four threads", (base) => ({
    accept: (socket) => (base.clients.size < 4 ? base.accept(socket) : unserved(socket))
  })),
  should("fifty-clients-only", ["CONC-1"], "has an array of fifty threads", (base) => ({
    accept: (socket) => (base.clients.size < 50 ? base.accept(socket) : unserved(socket))
  })),
  must(
    "one-client-at-a-time",
    ["CONC-1"],
    "serves one client to its end before it accepts the next",
    (base) => {
      let free = Promise.resolve()
      return {
        converse: (client) => (free = free.then(() => base.converse(client)))
      }
    }
  ),
  must(
    "waits-for-the-silent",
    ["CONC-1"],
    "reads the login of a new client in the loop that accepts",
    (base) => {
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
  ),
  must(
    "waits-for-half-a-login",
    ["CONC-1"],
    "holds the lock of the client table until the login of a new client has come whole",
    (base) => {
      const logsIn = new Set<Client>()
      return {
        converse: async (client) => {
          client.socket.prependListener("data", (chunk: Buffer) => {
            if (client.name === undefined && !/[}\s]$/.test(chunk.toString("latin1"))) logsIn.add(client)
            else logsIn.delete(client)
          })
          client.socket.prependListener("close", () => logsIn.delete(client))
          await base.converse(client)
        },
        answer: async (client, value) => {
          while ([...logsIn].some((other) => other !== client)) await after(2, () => {})
          return base.answer(client, value)
        }
      }
    }
  )
]

const once = ({ socket }: Client, event: "data" | "close"): Promise<void> =>
  new Promise((resolve) => void socket.prependOnceListener(event, () => resolve()))
