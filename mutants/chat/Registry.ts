import type { Chat } from "./Chat.ts"

type Registry = Pick<Chat, "clients" | "members" | "key" | "isName" | "claim" | "release" | "usernames">

/** The connected clients and the names they hold; the map keeps the login order. */
export const registry = (chat: Chat): Registry => ({
  clients: new Set(),
  members: new Map(),

  key: (name) => name.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC"),

  isName: (name) =>
    name !== "" &&
    !hidden.test(name) &&
    name.trim() === name &&
    [...name.normalize("NFC")].length <= chat.nameCodePointsMax,

  claim(client, name) {
    if (chat.members.has(chat.key(name)) || chat.reserved.has(chat.key(name))) return false
    chat.members.set(chat.key(name), client)
    client.name = name
    return true
  },

  release(client, name) {
    client.name = undefined
    chat.members.delete(chat.key(name))
  },

  usernames: () => [...chat.members.values()].flatMap(({ name }) => name ?? [])
})

/** Controls, lone surrogates, direction marks, line separators, and characters that are not drawn. */
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u
