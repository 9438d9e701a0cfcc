import type { Cure } from "./Cure.ts"

/** Cures for mistakes in what clients ask for with features. */
export const featureCures = {
  roomNotChecked: {
    Python: `
members = rooms.get(key(request["room"]), [])
if client not in members:
    return error("not_in_room", "…")
for other in members:
    if other is not client:
        other.send(event)`
  },
  directAsBroadcast: {
    Python: `
holder = clients.get(key(request["to"]))
if holder is None:
    return error("no_such_user", "…")
holder.send(event)`
  },
  inboxOfTheName: {},
  numbersOfTheConnection: {
    Python: `
with room.lock:
    room.last += 1
    event["seq"] = room.last
    room.ring.append(event)
    for member in room.members:
        member.send(event)`
  },
  ackOvertakes: {},
  pastBesideLive: {},
  pastUnbounded: {
    Python: `
ring = collections.deque(maxlen=200)`
  },
  sessionOfTheConnection: {},
  tokenTakenForGranted: {},
  receiptsOfTheConnection: {},
  receiptWithoutContent: {}
} as const satisfies { readonly [id: string]: Cure }
