import { without } from "../Changes.ts"
import type { Chat, Client, Reply, Request, Room } from "../chat/Chat.ts"
import { type Fault, may } from "../Fault.ts"

/** The base, with its answer to a direct message changed. */
const answering =
  (change: (reply: Reply, request: Request, base: Chat) => Reply) =>
  (base: Chat): Partial<Chat> => ({
    direct: (client, request) => change(base.direct(client, request) as Reply, request, base)
  })

/** The base, delivering a direct message to somebody else as well. */
const alsoTo =
  (others: (base: Chat, client: Client) => ReadonlyArray<Client>) =>
  (base: Chat): Partial<Chat> => ({
    deliverDirect: (client, holder, request) => {
      base.deliverDirect(client, holder, request)
      const letter = { ...base.event(client, request), to: holder.name }
      for (const to of others(base, client)) if (to !== holder) base.send(to, letter)
    }
  })

/** The base, giving a new session an inbox that was another's, if there is one. */
const inheriting =
  (
    find: (inboxes: Map<string, Room>, client: Client, request: Request) => Room | undefined,
    keyOf: (client: Client) => string
  ) =>
  (base: Chat): Partial<Chat> => {
    const inboxes = new Map<string, Room>()
    return {
      openSession: (client, request) => {
        const fields = base.openSession(client, request)
        const session = client.session!
        const old = find(inboxes, client, request)
        if (old !== undefined) {
          Object.assign(session, { inbox: old })
          const then = client.afterReply
          client.afterReply = () => {
            then?.()
            base.replay(client, old, 0, true)
          }
        }
        inboxes.set(keyOf(client), session.inbox)
        return fields
      }
    }
  }

/** DM: who gets a direct message, and what becomes of it where nobody is there. */
export const directFaults: ReadonlyArray<Fault> = [
  may(
    "letter-for-all",
    ["DM-1"],
    "sends a direct message to everybody",
    alsoTo((base, client) => base.recipients(client))
  ),
  may(
    "letter-to-its-sender",
    ["DM-1", "MSG-3"],
    "sends a direct message to its sender, too",
    alsoTo((_, client) => [client])
  ),
  may("letter-twice", ["DM-1"], "sends a direct message twice", (base) => ({
    deliverDirect: (client, holder, request) => {
      base.deliverDirect(client, holder, request)
      base.deliverDirect(client, holder, request)
    }
  })),
  may("letter-by-exact-name", ["DM-1"], "looks for the holder of a name byte by byte", (base) => ({
    holderOf: (name) => {
      const holder = base.holderOf(name)
      return holder?.name === name ? holder : undefined
    }
  })),
  may(
    "to-as-asked",
    ["DM-1"],
    "spells the name in the ack as the sender does",
    answering((reply, { to }) => ("to" in reply ? { ...reply, to } : reply))
  ),
  may("letter-into-the-lobby", ["DM-1"], "does not look at `to`", (base) => ({
    direct: (client, request) => base.message(client, without(request, "to"))
  })),

  may(
    "letter-to-nobody",
    ["DM-2"],
    "acks a direct message to nobody",
    answering((reply, { to }, base) => (reply.code === "no_such_user" ? { ...base.sent(), to } : reply))
  ),
  may(
    "letter-unasked",
    ["DM-2", "PLAIN-1"],
    "sends direct messages to those who did not ask for them",
    (base) => ({
      problemOfDirect: (client, holder) => {
        const problem = base.problemOfDirect(client, holder)
        return problem === "cannot_receive" ? undefined : problem
      },
      deliverDirect: (client, holder, request) => {
        if (holder.features.includes("direct")) base.deliverDirect(client, holder, request)
        else if ("socket" in holder) base.send(holder, { ...base.event(client, request), to: holder.name })
      }
    })
  ),
  may(
    "letter-swallowed",
    ["DM-2"],
    "acks a direct message that its holder cannot receive",
    answering((reply, { to }, base) => (reply.code === "cannot_receive" ? { ...base.sent(), to } : reply))
  ),
  may("letter-to-oneself", ["DM-2"], "delivers direct messages to their sender", (base) => ({
    problemOfDirect: (client, holder) =>
      holder === client ? undefined : base.problemOfDirect(client, holder)
  })),
  may("letter-with-a-room", ["DM-2"], "passes over the room of a direct message", (base) => ({
    direct: (client, request) => base.direct(client, without(request, "room"))
  })),

  may(
    "letter-lost-when-away",
    ["DM-3"],
    "acks direct messages for absent sessions, and drops them",
    (base) => ({
      deliverDirect: (client, holder, request) => {
        if ("socket" in holder) base.deliverDirect(client, holder, request)
      }
    })
  ),
  may("no-letter-when-away", ["DM-3"], "knows nobody who is away", (base) => ({
    holderOf: (name) => base.members.get(base.key(name))
  })),
  may("letter-without-number", ["DM-3"], "sends direct messages without a number", (base) => ({
    shown: (client, room, said) => {
      const event = base.shown(client, room, said)
      return room.key === "@" ? without(event, "at", "room", "seq") : event
    }
  })),
  may("letters-counted-together", ["DM-3"], "counts direct messages over all inboxes", (base) => {
    let last = 0
    return {
      keep: (room, client, text) => {
        if (room.key === "@") room.last = last++
        return base.keep(room, client, text)
      }
    }
  }),
  may(
    "letter-acked-with-number",
    ["DM-3"],
    "numbers the ack of a direct message",
    answering((reply) => (reply.status === "success" ? { ...reply, seq: 1 } : reply))
  ),
  may("inbox-overflows-unsaid", ["DM-3"], "drops the oldest of a full inbox and does not say so", (base) => ({
    tellGap: (client, room, what) => {
      if (room.key !== "@") base.tellGap(client, room, what)
    }
  })),
  may(
    "inbox-of-the-name",
    ["DM-3", "DM-4"],
    "keeps inboxes by name, so that the next holder reads the last one's",
    inheriting(
      (inboxes, { name }) => inboxes.get(name!),
      ({ name }) => name!
    )
  ),

  may(
    "inbox-outlives-the-session",
    ["DM-4"],
    "gives the inbox of a session that is over to whoever has its token",
    inheriting(
      (inboxes, _, { session }) => inboxes.get(String(session)),
      ({ session }) => session?.token ?? ""
    )
  ),
  may("letter-in-the-history", ["DM-4"], "keeps direct messages in the history of the lobby", (base) => ({
    deliverDirect: (client, holder, request) => {
      base.deliverDirect(client, holder, request)
      base.keep(base.lobby, client, String(request.content))
    }
  }))
]
