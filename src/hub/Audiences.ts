import { lobbyKey } from "../fold/State.ts"
import type { Audience } from "./Broadcast.ts"
import type { Connection } from "../net/Connection.ts"
import type { Follower } from "../replay/Follower.ts"

/** Those who are offered the same: as it is, or through their followers. */
export type Recipients = ReadonlyMap<Connection, Follower | undefined>

type Room = Readonly<Record<Audience, Map<Connection, Follower | undefined>>>

/**
 * The recipients of broadcasts, room by room. Changed only in turn with those (`Hub.inTurn`), so that everyone in a room
 * sees one order.
 */
export class Audiences {
  /** The rooms that somebody is in, by key, and the lobby, which everybody is in. */
  private readonly rooms = new Map<string, Room>([[lobbyKey, makeRoom()]])
  private readonly everyone = this.rooms.get(lobbyKey)!
  /** The rooms that a connection is in besides the lobby. */
  private readonly joined = new Map<Connection, Set<string>>()

  /** The number of connections that are logged in. */
  get online(): number {
    return this.everyone.members.size
  }

  /** The number of clients that are being shown what they missed. */
  readonly countCatchingUp = (): number => {
    let count = 0
    for (const follower of this.everyone.members.values()) if (follower?.isLive === false) count++
    return count
  }

  /** An audience of a room; a connection that joins during an iteration is included in it. */
  of(room: string, audience: Audience): Recipients {
    return this.rooms.get(room)?.[audience] ?? nobody
  }

  join(room: string, connection: Connection, { follower, watches }: Joining): void {
    const { members, watchers } = this.getOrMake(room)
    members.set(connection, follower)
    if (watches) watchers.set(connection, follower)
    if (room !== lobbyKey) this.joined.set(connection, (this.joined.get(connection) ?? new Set()).add(room))
  }

  leave(key: string, connection: Connection): void {
    const room = this.rooms.get(key)
    if (room === undefined) return
    room.members.delete(connection)
    room.watchers.delete(connection)
    if (room === this.everyone) return
    if (room.members.size === 0) this.rooms.delete(key)
    const joined = this.joined.get(connection)
    if (joined?.delete(key) === true && joined.size === 0) this.joined.delete(connection)
  }

  /** Leaves every room. */
  leaveAll(connection: Connection): void {
    for (const room of this.joined.get(connection) ?? []) this.leave(room, connection)
    this.leave(lobbyKey, connection)
  }

  private getOrMake(key: string): Room {
    const room = this.rooms.get(key) ?? makeRoom()
    this.rooms.set(key, room)
    return room
  }
}

/** How a client joins a room. */
interface Joining {
  /** True if it asked for presence. */
  readonly watches: boolean
  /** Its follower, if it asked for history. */
  readonly follower?: Follower | undefined
}

const makeRoom = (): Room => ({ members: new Map(), watchers: new Map() })

const nobody: Recipients = new Map()
