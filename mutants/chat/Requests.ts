import type { Chat, Reply, Request } from "./Chat.ts"

type Requests = Pick<
  Chat,
  "answer" | "carryOut" | "login" | "problemOfLogin" | "list" | "mayList" | "logout" | "ping"
>

/** The requests: each does something and gets one reply. */
export const requests = (chat: Chat): Requests => ({
  answer(client, value) {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value)
    const request = isObject ? (value as Request) : {}
    const reply = chat.carryOut(client, request)
    const finish = (reply: Reply | undefined) => {
      if (reply !== undefined) chat.reply(client, reply, request)
      client.afterReply?.()
      client.afterReply = undefined
    }
    return reply instanceof Promise ? reply.then(finish) : finish(reply)
  },

  carryOut(client, request) {
    switch (request.type) {
      case "login":
        return chat.login(client, request)
      case "message":
        return chat.message(client, request)
      case "list":
        return chat.list(client, request)
      case "logout":
        return chat.logout(client, request)
      case "ping":
        return chat.ping(client, request)
      case "join":
      case "leave":
      case "rooms":
        if (chat.hears(client, "rooms")) return chat[deeds[request.type]](client, request)
        return chat.refusal("unknown_type", client)
      case "history":
        return chat.hears(client, "history")
          ? chat.history(client, request)
          : chat.refusal("unknown_type", client)
      default:
        return chat.refusal(typeof request.type === "string" ? "unknown_type" : "invalid_request", client)
    }
  },

  login(client, request) {
    const problem = chat.problemOfLogin(client, request)
    if (problem !== undefined) return chat.refusal(problem, client)
    const name = request.username as string
    const session = chat.sessionOf(request)
    if (session !== undefined) return chat.resume(client, session, request)
    if (!chat.claim(client, name)) return chat.refusal("username_taken", client)
    chat.announce("joined", client, name)
    return chat.welcome(client, request)
  },

  problemOfLogin(client, { username }) {
    if (client.name !== undefined) return "already_logged_in"
    if (typeof username !== "string") return "invalid_request"
    return chat.isName(username) ? undefined : "invalid_username"
  },

  list(client, request) {
    if (!chat.mayList(client)) return chat.refusal("not_logged_in", client)
    if (request.room !== undefined && chat.hears(client, "rooms")) return chat.listRoom(client, request)
    return chat.users(chat.usernames())
  },

  mayList: (client) => client.name !== undefined,

  logout(client, request) {
    const { name } = client
    if (name === undefined) return chat.refusal("not_logged_in", client)
    chat.discard(client)
    chat.leave(client)
    chat.reply(client, chat.goodbye(name), request)
    chat.end(client)
  },

  ping: () => ({ status: "success", message: "pong" })
})

const deeds = { join: "join", leave: "part", rooms: "roomList" } as const
