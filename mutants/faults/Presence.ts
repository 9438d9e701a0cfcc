import type { Client, Reply } from "../chat/Chat.ts"
import type { Fault } from "../Fault.ts"

/** PRES-1: who is told that somebody came or left. */
export const presenceFaults: ReadonlyArray<Fault> = [
  {
    name: "presence-not-granted",
    level: "may",
    clauses: ["PRES-1"],
    student: "sends the notices but does not say that it will",
    change: (base) => ({
      welcome: (client, request) => {
        const { features: _, ...reply } = base.welcome(client, request)
        return reply
      }
    })
  },
  {
    name: "presence-never",
    level: "may",
    clauses: ["PRES-1"],
    student: "grants what it does not have",
    change: () => ({ announce: () => {} })
  },
  {
    name: "everything-granted",
    level: "may",
    clauses: ["PRES-1"],
    student: "grants every feature that it is asked for, known or not",
    change: (base) => ({
      welcome: (client, request) => {
        const reply = base.welcome(client, request)
        return "features" in reply ? { ...reply, features: request.features } : reply
      }
    })
  },
  {
    name: "joined-unsaid",
    level: "may",
    clauses: ["PRES-1"],
    student: "tells who goes but not who comes",
    change: (base) => ({
      announce: (type, who, name) => (type === "left" ? base.announce(type, who, name) : undefined)
    })
  },
  {
    name: "left-unsaid-after-reset",
    level: "may",
    clauses: ["PRES-1"],
    student: "tells who leaves politely, not who was cut off",
    change: (base) => ({
      announce: (type, who, name) =>
        who.socket.errored === null ? base.announce(type, who, name) : undefined
    })
  },
  {
    name: "left-before-free",
    level: "may",
    clauses: ["PRES-1"],
    student: "says that somebody left while the name is still taken",
    change: (base) => {
      const leaving = new WeakSet<Client>()
      return {
        release: (client, name) => void setTimeout(() => base.release(client, name), 100),
        leave: (client) => {
          if (leaving.has(client)) return
          leaving.add(client)
          base.leave(client)
        }
      }
    }
  },
  {
    name: "joined-one-behind",
    level: "may",
    clauses: ["PRES-1"],
    student: "tells who came when the next one comes",
    change: (base) => {
      let announceLast: (() => void) | undefined
      return {
        announce: (type, who, name) => {
          if (type === "left") return base.announce(type, who, name)
          announceLast?.()
          announceLast = () => base.announce(type, who, name)
        }
      }
    }
  },
  {
    name: "own-arrival",
    level: "may",
    clauses: ["PRES-1"],
    student: "tells everybody who came, the newcomer included",
    change: (base) => ({
      login: (client, request) => {
        const reply = base.login(client, request) as Reply
        if (client.features.includes("presence") && reply.status === "success")
          base.send(client, { type: "joined", username: client.name })
        return reply
      }
    })
  },
  {
    name: "refused-announced",
    level: "may",
    clauses: ["PRES-1"],
    student: "tells who came before it has looked whether the name is free",
    change: (base) => ({
      claim: (client, name) => {
        const granted = base.claim(client, name)
        if (!granted) base.announce("joined", client, name)
        return granted
      }
    })
  },
  {
    name: "presence-for-all",
    level: "should",
    clauses: ["PLAIN-1"],
    student: "sends its notices to everyone as soon as one has asked",
    change: (base) => {
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
  }
]
