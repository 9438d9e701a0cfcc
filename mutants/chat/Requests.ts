import type { Chat, Request } from "./Chat.ts"

type Requests = Pick<
  Chat,
  | "answer"
  | "carryOut"
  | "login"
  | "message"
  | "list"
  | "logout"
  | "ping"
  | "problemOfLogin"
  | "problemOfMessage"
  | "mayList"
>

/** The requests: each does something and gets one reply. */
export const requests = (chat: Chat): Requests => ({
  answer(client, value) {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value)
    const request = isObject ? (value as Request) : {}
    const reply = chat.carryOut(client, request)
    if (reply instanceof Promise) return reply.then((late) => late && chat.reply(client, late, request))
    if (reply !== undefined) chat.reply(client, reply, request)
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
      default:
        return chat.refusal(typeof request.type === "string" ? "unknown_type" : "invalid_request", client)
    }
  },

  login(client, request) {
    const problem = chat.problemOfLogin(client, request)
    if (problem !== undefined) return chat.refusal(problem, client)
    const name = request.username as string
    if (!chat.claim(client, name)) return chat.refusal("username_taken", client)
    chat.announce("joined", client, name)
    return chat.welcome(client, request)
  },

  problemOfLogin(client, { username }) {
    if (client.name !== undefined) return "already_logged_in"
    if (typeof username !== "string") return "invalid_request"
    return chat.isName(username) ? undefined : "invalid_username"
  },

  message(client, request) {
    const problem = chat.problemOfMessage(client, request)
    if (problem !== undefined) return chat.refusal(problem, client)
    const done = chat.broadcast(client, chat.event(client, request))
    return done instanceof Promise ? done.then(() => chat.sent()) : chat.sent()
  },

  problemOfMessage(client, { content, username }) {
    if (client.name === undefined) return "not_logged_in"
    if (typeof content !== "string" || content === "") return "invalid_request"
    if (username === undefined) return undefined
    if (typeof username !== "string") return "invalid_request"
    return chat.key(username) === chat.key(client.name) ? undefined : "username_mismatch"
  },

  list: (client) =>
    chat.mayList(client) ? chat.users(chat.usernames()) : chat.refusal("not_logged_in", client),

  mayList: (client) => client.name !== undefined,

  logout(client, request) {
    const { name } = client
    if (name === undefined) return chat.refusal("not_logged_in", client)
    chat.leave(client)
    chat.reply(client, chat.goodbye(name), request)
    chat.end(client)
  },

  ping: () => ({ status: "success", message: "pong" })
})
