import type { Happening } from "../fold/Happening.ts"
import type { House } from "./Conversation.ts"

type Letter = Extract<Happening, { readonly t: "letter" }>

/** Hands a letter to its addressee, if that is connected here (DM-1). One that is away finds it in its inbox. */
export const deliverLetter = (
  { clients, hub, replica }: House,
  { message, to }: Letter,
  bytes: Buffer
): void => {
  const { attachment, isAbsent } = to
  const addressee = isAbsent || attachment.node !== replica.node ? undefined : clients.get(attachment.id)
  if (addressee === undefined) return
  hub.turn(() => {
    if (addressee.follower === undefined) addressee.connection.offer(bytes)
    else addressee.follower.letter(message)
  })
}
