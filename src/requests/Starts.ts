import type { Ring } from "../fold/Ring.ts"
import { isRoomName, lobbyKey } from "../fold/State.ts"
import { encode } from "../Protocol.ts"
import type { Start } from "../replay/Follower.ts"
import { usernameKey } from "../Username.ts"
import type { RequestOf } from "./Conversation.ts"

/** From now on: nothing of what was said before is shown. */
export const fromNow = ({ last }: Ring): Start => ({ after: last, upto: last, skipOwn: false })

/** The same, after telling that numbers are those of another epoch. */
export const fromEpoch = (ring: Ring, name: string | undefined, epoch: string): Start => ({
  ...fromNow(ring),
  gap: encode({
    type: "gap",
    ...(name !== undefined && { room: name }),
    reason: "epoch",
    epoch,
    last: ring.last
  })
})

/** The same, after telling that nobody knows what was missed, as far as anything can have been. */
const fromUnseen = (ring: Ring, name: string | undefined): Start =>
  ring.last === 0
    ? fromNow(ring)
    : {
        ...fromNow(ring),
        gap: encode({
          type: "gap",
          ...(name !== undefined && { room: name }),
          to: ring.last,
          reason: "unseen"
        })
      }

/**
 * The starts of a client that logs in with history: after what it has seen (RESUME-3). `name` is how the wire spells
 * the place, none for the lobby.
 */
export const startsOf = (
  { epoch, seen, session }: RequestOf<"login">,
  currentEpoch: string
): ((ring: Ring, key: string, name: string | undefined) => Start) => {
  if (seen === undefined && session === undefined) return fromNow
  const numbers = new Map(Object.entries(seen ?? {}).map(([name, seq]) => [usernameKey(name), seq]))
  return (ring, key, name) => {
    const after = numbers.get(key)
    if (after === undefined) return fromUnseen(ring, name)
    if (epoch !== currentEpoch || after > ring.last) return fromEpoch(ring, name, currentEpoch)
    return { after, upto: ring.last, skipOwn: true }
  }
}

/** The rooms that a client has seen, to be joined again if its session is not known any more (RESUME-4). */
export const roomsSeen = ({ seen = {} }: RequestOf<"login">, roomsMax: number): ReadonlyArray<string> =>
  Object.keys(seen)
    .filter((name) => isRoomName(name) && usernameKey(name) !== lobbyKey)
    .slice(0, roomsMax)
