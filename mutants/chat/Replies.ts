import type { Chat, Code } from "./Chat.ts"

type Replies = Pick<Chat, "welcome" | "sent" | "users" | "goodbye" | "refusal" | "withId">

/** The server's replies, in the lab's words. */
export const replies = (chat: Chat): Replies => ({
  welcome(client, request) {
    const message = `Bienvenue, ${client.name}`
    if (!Array.isArray(request.features)) return { status: "success", message }
    const features = (client.features = chat.granted(request))
    const isMore = features.some((feature) => feature !== "presence")
    const more = isMore && client.session === undefined ? chat.openSession(client, request) : {}
    return { status: "success", message, features, ...more }
  },

  sent: () => ({ status: "success", message: "Message envoyé à tous les clients" }),

  users: (names) => ({ status: "success", users: names }),

  goodbye: (name) => ({ status: "success", message: `Au revoir, ${name}` }),

  refusal: (code) => ({ status: "error", code, message: reasons[code] }),

  withId: (reply, { id }) => (isId(id) ? { ...reply, id } : reply)
})

const reasons: Readonly<Record<Code, string>> = {
  invalid_json: "Ce n'est pas du JSON valide en UTF-8",
  invalid_request: "Requête incorrecte",
  unknown_type: "Type de requête inconnu",
  not_logged_in: "Connectez-vous d'abord",
  already_logged_in: "Vous êtes déjà connecté",
  invalid_username: "Ce nom n'est pas possible",
  username_taken: "Ce nom est déjà pris",
  username_mismatch: "Ce nom n'est pas le vôtre",
  too_large: "Requête trop longue",
  slow_consumer: "Vous ne lisez pas assez vite",
  server_full: "Le serveur est complet",
  shutting_down: "Le serveur s'arrête",
  invalid_room: "Ce nom de salon n'est pas possible",
  not_in_room: "Vous n'êtes pas dans ce salon",
  too_many_rooms: "Il y a trop de salons",
  no_such_user: "Il n'y a personne de ce nom",
  cannot_receive: "Cette personne ne peut pas recevoir de messages privés",
  session_replaced: "Vous vous êtes connecté ailleurs"
}

const isId = (id: unknown): boolean =>
  typeof id === "string" ? id.length <= 64 : typeof id === "number" && Number.isFinite(id)
