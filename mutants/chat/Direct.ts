import type { Chat, Client, Session } from "./Chat.ts"

type Direct = Pick<Chat, "direct" | "holderOf" | "problemOfDirect" | "deliverDirect">

/** Direct messages: to whoever holds a name now, into the inbox of that session. */
export const direct = (chat: Chat): Direct => ({
  direct(client, request) {
    const { room, to } = request
    if (typeof to !== "string" || (room !== undefined && chat.hears(client, "rooms")))
      return chat.refusal("invalid_request", client)
    const holder = chat.holderOf(to)
    const problem = chat.problemOfDirect(client, holder)
    if (problem !== undefined) return chat.refusal(problem, client)
    chat.deliverDirect(client, holder!, request)
    const { name } = holder!
    return chat.acked(client, request, { status: "success", message: `Message envoyé à ${name}`, to: name })
  },

  holderOf(name) {
    const key = chat.key(name)
    return chat.members.get(key) ?? chat.reserved.get(key)
  },

  problemOfDirect(client, holder) {
    if (holder === undefined) return "no_such_user"
    if (holder === client) return "invalid_request"
    return holder.features.includes("direct") ? undefined : "cannot_receive"
  },

  deliverDirect(client, holder, { content }) {
    const session = isClient(holder) ? holder.session! : holder
    const said = chat.keep(session.inbox, client, String(content))
    if (session.client !== undefined) chat.tell(session.client, session.inbox, said)
  }
})

const isClient = (holder: Client | Session): holder is Client => "socket" in holder
