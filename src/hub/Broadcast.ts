import type { Said } from "../fold/Ring.ts"
import type { Connection } from "../net/Connection.ts"
import type { Place } from "../replay/Lines.ts"

/** Recipients in a room: everyone who is in it, or those of them who asked for the feature `presence`. */
export type Audience = "members" | "watchers"

/** One object for an audience, already encoded; the connection that caused it, if one did, does not get it. */
export interface Broadcast {
  readonly room: Place
  readonly to: Audience
  readonly from: Connection | undefined
  readonly bytes: Buffer
  /** The message that it is, if it is one: followers get another encoding, which is only made if there are any. */
  readonly said?: Said
  /** What the sender gets in its place, if it is a follower. */
  readonly ack?: Buffer
}
