import { isSuccess } from "../stage/PendingRequests.ts"
import { lobby, roomKey } from "../stage/Rooms.ts"
import { fieldsOf } from "./Cast.ts"
import type { Asked, Fact } from "./Recording.ts"

type AskedFact = Asked & Pick<Fact, "connection">

/** The rooms that each connection of a recording is in, and those of them that have a session. */
export class Rooms {
  private readonly joined = new Map<number, Set<string>>()
  private readonly sessions = new Set<number>()

  /** Notes a login that was granted, with the rooms that it is in at once. */
  logIn({ connection, reply }: AskedFact): void {
    const { rooms, session } = fieldsOf(reply)
    this.joined.set(connection, new Set(Object.keys(fieldsOf(rooms)).map(roomKey)))
    if (session !== undefined) this.sessions.add(connection)
  }

  /** Notes a join or a leave that was granted. */
  follow({ connection, reply, room, value }: AskedFact): void {
    if (room === undefined || reply === undefined || !isSuccess(reply)) return
    const { type } = fieldsOf(value)
    if (type === "join") this.joined.get(connection)?.add(roomKey(room))
    if (type === "leave") this.joined.get(connection)?.delete(roomKey(room))
  }

  isIn(connection: number, room = lobby): boolean {
    return roomKey(room) === lobby || this.joined.get(connection)?.has(roomKey(room)) === true
  }

  hasSession(connection: number): boolean {
    return this.sessions.has(connection)
  }
}
