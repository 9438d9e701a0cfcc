import type { Happening } from "../../src/fold/Happening.ts"
import { bytesOf, type Ring, type Said } from "../../src/fold/Ring.ts"
import { type Holder, type Node, Room, type State } from "../../src/fold/State.ts"
import { usernameKey } from "../../src/Username.ts"
import type { Model } from "./Model.ts"

const names = (rooms: Iterable<{ readonly name: string }>): string =>
  Array.from(rooms, ({ name }) => name).join()
const usernames = (holders: Iterable<{ readonly username: string }>): string =>
  Array.from(holders, ({ username }) => username).join()
const place = ({ id, node }: { readonly id: number; readonly node: string }): string => `${node}/${id}`

/** A happening as the model tells it. */
export const lineOf = (happening: Happening): string => {
  switch (happening.t) {
    case "granted": {
      const { holder, isResumed, replaced } = happening
      const how = isResumed
        ? `again instead of ${replaced === undefined ? "nobody" : place(replaced)}`
        : "anew"
      return `granted ${holder.username} ${how} in ${names(holder.rooms)}`
    }
    case "refused":
      return `refused ${happening.code}`
    case "said": {
      const { message, room } = happening
      return `said ${room.name}#${message.seq} ${message.username}: ${message.content}`
    }
    case "letter": {
      const { message, to } = happening
      return `letter ${to.username}@${message.seq} ${message.username}: ${message.content}`
    }
    case "duplicate": {
      const { room, seq, to } = happening
      return `duplicate ${to === undefined ? `${room ?? "lobby"}#${seq}` : `to ${to}`}`
    }
    case "joined":
      return `joined ${happening.holder.username} ${happening.room.name}${happening.isNew ? "" : " already"}`
    case "parted":
      return `parted ${happening.holder.username} ${happening.room.name}`
    case "left": {
      const { holder, kick } = happening
      const how = holder.isAbsent ? "for now" : "for good"
      const why = kick === undefined ? "" : `, kicked: ${kick.reason}`
      return `left ${holder.username} ${place(holder.attachment)} ${how} from ${names(holder.rooms)}${why}`
    }
    case "over":
      return `over ${happening.holder.username}`
    case "dead":
      return `dead ${happening.node}`
    case "epoch":
      return `epoch ${happening.epoch}`
    case "unlike":
      return `unlike ${JSON.stringify(happening.rules)}`
    case "fenced":
    case "doubtful":
    case "done":
      return happening.t
    case "void":
    case "again":
      return `${happening.t} ${happening.node} ${happening.n}`
  }
}

/** What can be seen of a chat, in rows that are easy to compare. */
type View = Readonly<Record<string, ReadonlyArray<string> | string | number>>

const kept = (
  of: string,
  message: Omit<Said, "place" | "older" | "newer" | "at" | "session">,
  session = "nobody"
) => `${of}#${message.seq} at ${message.position} by ${message.username} (${session}): ${message.content}`

const living = ([node, { heard, n, since, version }]: readonly [string, Omit<Node, "holders">]) =>
  `${node} ${n} ${version} from ${since} to ${heard}`

export const viewOfModel = (model: Model): View => ({
  epoch: model.epoch,
  nodes: Array.from(model.nodes, living),
  dead: model.dead.join(),
  lobby: `${model.lobby.last} ${usernames(model.here)}`,
  absent: usernames(model.away),
  clients: [...model.here, ...model.away].map(
    ({ at, features, letters, receipts, rooms, token, username }) =>
      `${username} ${at} ${features.join()} ${token} ${token === undefined ? 0 : letters} in ${rooms.join()}, said ${receipts.map(({ op }) => op.cid).join()}`
  ),
  rooms: model.rooms.map(({ last, members, name }) => `${name} ${last} ${usernames(members)}`).toSorted(),
  forgotten: model.forgotten,
  kept: model.kept.map(({ place, token, ...message }) =>
    kept("members" in place ? place.name : `@${place.username}`, message, token)
  )
})

export const viewOf = (state: State): View => {
  const present = [...state.lobby.members]
  const inboxes = new Map(
    [...state.sessions.values()].map((holder) => [holder.session!.inbox, holder.username])
  )
  const nameOf = (place: Ring | undefined) => (place instanceof Room ? place.name : `@${inboxes.get(place!)}`)
  const messages: Array<string> = []
  for (let said = state.archive.oldest; said !== undefined; said = said.newer)
    messages.push(kept(nameOf(said.place), said, said.session))
  return {
    epoch: state.epoch,
    nodes: Array.from(state.nodes, living),
    dead: [...state.dead].join(),
    lobby: `${state.lobby.last} ${usernames(present)}`,
    absent: usernames(state.absent),
    clients: [...present, ...state.absent].map(
      ({ attachment, features, rooms, session, username }) =>
        `${username} ${place(attachment)} ${features.join()} ${session?.hash} ${session?.inbox.last ?? 0} in ${rooms.map(({ key }) => key).join()}, said ${[...(session?.receipts.keys() ?? [])].join()}`
    ),
    rooms: Array.from(
      state.rooms.values(),
      ({ last, members, name }) => `${name} ${last} ${usernames(members)}`
    ).toSorted(),
    forgotten: state.forgotten,
    kept: messages
  }
}

const ringOf = (ring: Ring): ReadonlyArray<Said> => {
  const messages: Array<Said> = []
  for (let said = ring.after(0); said !== undefined; said = ring.after(said.seq)) messages.push(said)
  return messages
}

const bytes = (messages: ReadonlyArray<Said>) => messages.reduce((sum, said) => sum + bytesOf(said), 0)

/** What is wrong with a state, whatever has happened: how its parts contradict one another, or exceed its rules. */
export const contradictions = (state: State): ReadonlyArray<string> => {
  const { archive, rules } = state
  const found: Array<string> = []
  const claim = (isTrue: boolean, what: string) => isTrue || found.push(what)
  const holders = [...state.lobby.members, ...state.absent]
  const sessions = holders.filter(({ session }) => session !== undefined)
  const rings = [state.lobby, ...state.rooms.values(), ...sessions.map(({ session }) => session!.inbox)]
  const inRings = rings.flatMap(ringOf)
  const inArchive: Array<Said> = []
  for (let said = archive.oldest; said !== undefined; said = said.newer) inArchive.push(said)
  claim(
    inArchive.every((said, i) => said.older === inArchive[i - 1]),
    "the archive reads otherwise backwards"
  )
  claim(inArchive.at(-1) === archive.newest, "the newest message is not the last")
  claim(new Set(inRings).size === inArchive.length, "rings and archive keep different messages")
  claim(
    inRings.every((said) => inArchive.includes(said)),
    "a ring keeps what the archive does not"
  )
  claim(archive.bytes === bytes(inArchive), "the archive's bytes are wrong")
  claim(archive.bytes <= rules.historyBytes, "the archive is above its bytes")
  for (const ring of rings) {
    const messages = ringOf(ring)
    claim(ring.size === messages.length && ring.bytes === bytes(messages), "a ring's size is wrong")
    claim(ring.first === (messages[0]?.seq ?? ring.last + 1), "a ring's first number is wrong")
    claim(
      messages.every((said) => said.place === ring),
      "a message is not in its place"
    )
    claim(
      messages.every(({ seq }, i) => ring.before(seq) === messages[i - 1]),
      "a ring reads otherwise backwards"
    )
    claim(ring.size <= (ring instanceof Room ? rules.history : rules.inbox), "a ring keeps too much")
    claim(ring instanceof Room || ring.bytes <= rules.inboxBytes, "an inbox is above its bytes")
  }
  for (const [key, room] of state.rooms) {
    claim(room.key === key && room.exists, "a room should not exist")
    claim(
      room.away === [...state.absent].filter(({ rooms }) => rooms.includes(room)).length,
      "a count is wrong"
    )
    claim(
      [...room.members].every(({ isAbsent, rooms }) => !isAbsent && rooms.includes(room)),
      "a member is not"
    )
  }
  claim(state.absent.size <= rules.absent, "too many sessions are absent")
  claim(
    sessions.every(({ session }) => session!.receipts.size <= rules.receipts),
    "there are too many receipts"
  )
  claim(
    state.names.size === holders.length && state.sessions.size === sessions.length,
    "a name is without holder"
  )
  for (const holder of holders)
    claim(isWhereItBelongs(state, holder), `${holder.username} is not where it belongs`)
  return found
}

const isWhereItBelongs = (state: State, holder: Holder): boolean => {
  const { attachment, isAbsent, key, rooms, session, username } = holder
  const attached = state.nodes.get(attachment.node)?.holders.get(attachment.id)
  return (
    key === usernameKey(username) &&
    state.names.get(key) === holder &&
    (session === undefined ? !isAbsent : state.sessions.get(session.hash) === holder) &&
    (attached === holder) !== isAbsent &&
    isAbsent === state.absent.has(holder) &&
    rooms.every((room) => state.rooms.get(room.key) === room && room.members.has(holder) !== isAbsent)
  )
}
