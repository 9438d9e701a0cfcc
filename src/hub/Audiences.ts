import type { Audience, Place } from "./Batch.ts"
import type { Connection } from "../net/Connection.ts"

/** The recipients of a room's broadcasts. */
export type Recipients = Readonly<Record<Audience, ReadonlySet<Connection>>>

/** The room that is everybody's. */
export const lobby: Place = { key: "lobby", name: "lobby" }

type Room = Readonly<Record<Audience, Set<Connection>>>

/**
 * The recipients of broadcasts, room by room. Changed only in turn with those (`Hub.inTurn`), so that everyone in a room
 * sees one order.
 */
export class Audiences {
  /** The rooms that somebody is in, by key, and the lobby, which everybody is in. */
  private readonly rooms = new Map<string, Room>([[lobby.key, makeRoom()]])
  private readonly everyone = this.rooms.get(lobby.key)!
  /** The rooms that a connection is in besides the lobby. */
  private readonly joined = new Map<Connection, Set<string>>()

  /** The number of connections that are logged in. */
  get online(): number {
    return this.everyone.members.size
  }

  /** True if anybody in the room asked for presence. */
  isWatched(room: string): boolean {
    return this.of(room).watchers.size > 0
  }

  /** Those in a room; a connection that joins during an iteration is included in it. */
  of(room: string): Recipients {
    return this.rooms.get(room) ?? nobody
  }

  join(room: string, connection: Connection, { watches }: { readonly watches: boolean }): void {
    const { members, watchers } = this.getOrMake(room)
    members.add(connection)
    if (watches) watchers.add(connection)
    if (room !== lobby.key) this.joined.set(connection, (this.joined.get(connection) ?? new Set()).add(room))
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
    this.leave(lobby.key, connection)
  }

  private getOrMake(key: string): Room {
    const room = this.rooms.get(key) ?? makeRoom()
    this.rooms.set(key, room)
    return room
  }
}

const makeRoom = (): Room => ({ members: new Set(), watchers: new Set() })

const nobody: Recipients = makeRoom()
