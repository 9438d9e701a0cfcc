import type { Audience } from "./Batch.ts"
import type { Connection } from "../net/Connection.ts"

/** The recipients of broadcasts. Changed only in turn with those (`Hub.inTurn`), so that everyone sees one order. */
export class Audiences {
  private readonly recipients: Readonly<Record<Audience, Set<Connection>>> = {
    members: new Set(),
    watchers: new Set()
  }

  /** The number of connections that are logged in. */
  get online(): number {
    return this.recipients.members.size
  }

  /** True if anybody asked for presence. */
  get isWatched(): boolean {
    return this.recipients.watchers.size > 0
  }

  /** The connections of an audience; one that joins during an iteration is included in it. */
  of(audience: Audience): ReadonlySet<Connection> {
    return this.recipients[audience]
  }

  join(connection: Connection, watches: boolean): void {
    this.recipients.members.add(connection)
    if (watches) this.recipients.watchers.add(connection)
  }

  leave(connection: Connection): void {
    this.recipients.members.delete(connection)
    this.recipients.watchers.delete(connection)
  }
}
