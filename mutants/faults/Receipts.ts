import { without } from "../Changes.ts"
import type { Chat, Receipt, Reply, Request } from "../chat/Chat.ts"
import { type Fault, may } from "../Fault.ts"

/** The base, with the ack of a duplicate changed. */
const duplicated =
  (change: (ack: Reply, base: Chat, request: Request) => Reply) =>
  (base: Chat): Partial<Chat> => ({
    message: (client, request) => {
      const reply = base.message(client, request) as Reply
      return reply.duplicate === true ? change(reply, base, request) : reply
    }
  })

/** DEDUP: what comes of a message that is sent again. */
export const receiptFaults: ReadonlyArray<Fault> = [
  may("cid-ignored", ["DEDUP-1"], "does not look at the cid", () => ({ receiptOf: () => undefined })),
  may(
    "duplicate-unsaid",
    ["DEDUP-1"],
    "does not say that a message was said before",
    duplicated((ack) => without(ack, "duplicate"))
  ),
  may(
    "duplicate-with-a-new-number",
    ["DEDUP-1"],
    "numbers the ack of a duplicate like that of a new message",
    duplicated((ack) => ("seq" in ack ? { ...ack, seq: Number(ack.seq) + 1 } : ack))
  ),
  may(
    "duplicate-refused",
    ["DEDUP-1"],
    "refuses a message that was said before",
    duplicated((_, base) => base.refusal("invalid_request", undefined as never))
  ),
  may(
    "duplicate-heard-twice",
    ["DEDUP-1"],
    "acks a duplicate rightly and sends it to the others again",
    (base) => ({
      message: (client, request) => {
        const reply = base.message(client, request) as Reply
        if (reply.duplicate === true)
          for (const to of base.recipients(client)) base.send(to, base.event(client, request))
        return reply
      }
    })
  ),
  may("cid-of-everybody", ["DEDUP-1"], "keeps the cids of all sessions together", (base) => {
    const receipts = new Map<string, Receipt>()
    return {
      openSession: (client, request) => {
        const fields = base.openSession(client, request)
        Object.assign(client.session!, { receipts })
        return fields
      }
    }
  }),
  may("cid-outlives-the-session", ["DEDUP-1"], "keeps the cids of a name from session to session", (base) => {
    const receipts = new Map<string, Map<string, Receipt>>()
    return {
      openSession: (client, request) => {
        const fields = base.openSession(client, request)
        const session = client.session!
        const known = receipts.get(session.name) ?? session.receipts
        receipts.set(session.name, known)
        Object.assign(session, { receipts: known })
        return fields
      }
    }
  }),

  may("last-cid-only", ["DEDUP-2"], "knows only the latest cid", () => ({ receiptsMax: 1 })),
  may("refused-cid-used", ["DEDUP-2"], "takes the cid of a message that it refuses for used", (base) => ({
    message: (client, request) => {
      const reply = base.message(client, request) as Reply
      if (
        reply.status === "error" &&
        client.session !== undefined &&
        base.receiptOf(client, request) === undefined
      )
        base.acked(client, request, reply)
      return reply
    }
  })),

  may("cid-forgotten-on-return", ["DEDUP-3"], "forgets the cids of a session that comes back", (base) => ({
    takeOver: (client, session, request) => {
      session.receipts.clear()
      base.takeOver(client, session, request)
    }
  })),
  may(
    "cid-forgotten-at-the-cut",
    ["DEDUP-3"],
    "forgets the cids of a session whose connection ends",
    (base) => ({
      depart: (session, client) => {
        session.receipts.clear()
        base.depart(session, client)
      }
    })
  ),

  may("other-content-acked", ["DEDUP-4"], "acks another message under a cid that was used", () => ({
    receiptKey: () => ""
  })),
  may("other-content-said", ["DEDUP-4"], "says another message under a cid that was used", (base) => ({
    receiptOf: (client, request) => {
      const receipt = base.receiptOf(client, request)
      return receipt?.said === base.receiptKey(client, request) ? receipt : undefined
    }
  })),
  may("other-room-acked", ["DEDUP-4"], "compares what was said under a cid, but not where", () => ({
    receiptKey: (_, { content }) => String(content)
  }))
]
