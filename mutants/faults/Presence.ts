import { claiming } from "../Changes.ts"
import type { Client, Reply } from "../chat/Chat.ts"
import { type Fault, may, should } from "../Fault.ts"

/** PRES-1: who is told that somebody came or left. */
export const presenceFaults: ReadonlyArray<Fault> = [
  may("presence-not-granted", ["PRES-1"], "sends the notices but does not say that it will", (base) => ({
    welcome: (client, request) => {
      const { features: _, ...reply } = base.welcome(client, request)
      return reply
    }
  })),
  may("presence-never", ["PRES-1"], "grants what it does not have", () => ({ announce: () => {} })),
  may(
    "everything-granted",
    ["PRES-1"],
    "grants every feature that it is asked for, known or not",
    (base) => ({
      welcome: (client, request) => {
        const reply = base.welcome(client, request)
        return "features" in reply ? { ...reply, features: request.features } : reply
      }
    })
  ),
  may("joined-unsaid", ["PRES-1"], "announces who leaves but not who joins", (base) => ({
    announce: (type, who, name) => (type === "left" ? base.announce(type, who, name) : undefined)
  })),
  may(
    "left-unsaid-after-reset",
    ["PRES-1"],
    "announces who leaves politely, not who was cut off",
    (base) => ({
      announce: (type, who, name) =>
        who.socket.errored === null ? base.announce(type, who, name) : undefined
    })
  ),
  may("left-before-free", ["PRES-1"], "says that somebody left while the name is still taken", (base) => {
    const leaving = new WeakSet<Client>()
    return {
      release: (client, name) => void setTimeout(() => base.release(client, name), 100),
      leave: (client) => {
        if (leaving.has(client)) return
        leaving.add(client)
        base.leave(client)
      }
    }
  }),
  may("joined-one-behind", ["PRES-1"], "announces each newcomer only when the next one comes", (base) => {
    let announceLast: (() => void) | undefined
    return {
      announce: (type, who, name) => {
        if (type === "left") return base.announce(type, who, name)
        announceLast?.()
        announceLast = () => base.announce(type, who, name)
      }
    }
  }),
  may("own-arrival", ["PRES-1"], "announces a newcomer to everybody, the newcomer included", (base) => ({
    login: (client, request) => {
      const reply = base.login(client, request) as Reply
      if (client.features.includes("presence") && reply.status === "success")
        base.send(client, { type: "joined", username: client.name })
      return reply
    }
  })),
  may("refused-announced", ["PRES-1"], "announces a newcomer before checking that the name is free", (base) =>
    claiming(base, (isGranted, client, name) => {
      if (!isGranted) base.announce("joined", client, name)
    })
  ),
  should(
    "presence-for-all",
    ["PLAIN-1"],
    "sends its notices to everyone as soon as one client has asked",
    (base) => {
      let wasAsked = false
      return {
        welcome: (client, request) => {
          const reply = base.welcome(client, request)
          wasAsked ||= client.features.length > 0
          return reply
        },
        announce: (type, who, name) => {
          if (wasAsked) for (const to of base.recipients(who)) base.send(to, { type, username: name })
        }
      }
    }
  )
]
