import { isUsername, usernameKey } from "../Username.ts"
import { Archive } from "./Archive.ts"
import type { Feature, Hash, Rules } from "./Operation.ts"
import { Ring } from "./Ring.ts"

/** A connection: the node that it is on, and its id there. */
export interface Attachment {
  readonly node: string
  readonly id: number
}

/** A room: its numbers, what is kept of what was said in it, and who is in it. */
export class Room extends Ring {
  readonly key: string
  /** Its name, as whoever made it spelled it. */
  readonly name: string
  /** Those who are here, in the order in which they joined. */
  readonly members = new Set<Holder>()
  /** The number of absent sessions that will be in it again. */
  away = 0

  constructor(key: string, name: string, last: number) {
    super(last)
    this.key = key
    this.name = name
  }

  /** True while somebody is in it or something that was said there is kept (ROOM-1). */
  get exists(): boolean {
    return this.isInUse || this.size > 0
  }

  /** True while somebody is in it, or will be again. */
  get isInUse(): boolean {
    return this.members.size > 0 || this.away > 0
  }
}

/** A session: what is kept for a client while it is away. */
export interface Session {
  readonly hash: Hash
  readonly inbox: Ring
  /** The latest messages that were said with a `cid`, by that, in order (DEDUP-2). */
  readonly receipts: Map<string, Receipt>
}

/** A message that was said: a client that sends it again gets the same answer. */
export interface Receipt {
  /** What tells another message with the same `cid` from this one. */
  readonly digest: string
  /** The number that it got; none for a letter. */
  readonly seq: number | undefined
  /** The room or the name that it went to, as it was spelled then; neither for the lobby. */
  readonly room: string | undefined
  readonly to: string | undefined
}

/** Whoever holds a name: a client that is logged in, or a session whose client is away. */
export interface Holder {
  readonly username: string
  readonly key: string
  features: ReadonlyArray<Feature>
  /** Its connection; the last one while it is away. */
  attachment: Attachment
  isAbsent: boolean
  readonly session: Session | undefined
  /** The rooms that it is in, or will be in again, besides the lobby, in the order in which it joined them. */
  readonly rooms: Array<Room>
}

/** A process that appends to the log. */
export interface Node {
  /** The number of its last entry. */
  n: number
  /** The times of its first entry and its last one, by its own clock, in milliseconds since 1970: for people. */
  readonly since: number
  heard: number
  /** The version of palabre that it said to be. */
  version: string | undefined
  /** Those who are connected to it, by the id of their connection. */
  readonly holders: Map<number, Holder>
}

/** What all nodes compute from the log. Only `apply` changes it; everybody else may read. */
export interface State {
  /** The position of the last entry; 0 before the first. */
  position: number
  /** Changes when the log has lost something. Empty before the first entry. */
  epoch: string
  rules: Rules
  /** Nodes that are alive, by name. */
  readonly nodes: Map<string, Node>
  /** Nodes that are dead: the latest ones, in the order of their deaths. */
  readonly dead: Set<string>
  /** Who holds which name, by key. */
  readonly names: Map<string, Holder>
  /** Sessions, by the hash of their token. */
  readonly sessions: Map<Hash, Holder>
  /** Sessions whose clients are away, the longest absent first. */
  readonly absent: Set<Holder>
  /** The room of everybody: its members are all who are logged in. */
  readonly lobby: Room
  /** The other rooms, by key. */
  readonly rooms: Map<string, Room>
  /** The highest number of a room that does not exist any more: a new one begins above it (SEQ-4). */
  forgotten: number
  readonly archive: Archive
}

/** The key and the name of the room that is everybody's. */
export const lobbyKey = "lobby"

/** True of what may be the name of a room: `@` is where letters come from (ROOM-1). */
export const isRoomName = (name: string): boolean => name !== "@" && isUsername(name)

export const makeState = (): State => ({
  position: 0,
  epoch: "",
  rules: {
    history: 0,
    historyBytes: 0,
    rooms: 0,
    roomsPerClient: 0,
    absent: 0,
    inbox: 0,
    inboxBytes: 0,
    receipts: 0,
    unicode: ""
  },
  nodes: new Map(),
  dead: new Set(),
  names: new Map(),
  sessions: new Map(),
  absent: new Set(),
  lobby: new Room(lobbyKey, lobbyKey, 0),
  rooms: new Map(),
  forgotten: 0,
  archive: new Archive()
})

/** The client of a connection, as long as the connection holds its name. */
export const holderOf = (state: State, node: string, id: number): Holder | undefined =>
  state.nodes.get(node)?.holders.get(id)

/** A room that exists, by whatever spelling of its name; the lobby without one. */
export const roomOf = (state: State, name: string | undefined): Room | undefined => {
  if (name === undefined) return state.lobby
  if (!isRoomName(name)) return undefined
  const key = usernameKey(name)
  return key === lobbyKey ? state.lobby : state.rooms.get(key)
}
