import * as Effect from "effect/Effect"
import { ownPatience } from "../../process/Patience.ts"
import type { ActorConnection } from "./ActorConnection.ts"

/** Connections that every server has to serve at once (CONC-1): nothing asks a correct one for one more. */
export const seatsSure = 8

/** The time that a server may need to notice an end that it does not answer; one with more than eight seats needs none. */
const noticeMillis = 50

/** The connections of a scenario that the server may still count, also after their end. */
export class ServerSeats {
  private readonly taken = new Set<ActorConnection>()

  take(connection: ActorConnection): void {
    this.taken.add(connection)
  }

  /** True if the server may count as many as it has to serve. */
  get full(): boolean {
    return this.taken.size >= seatsSure
  }

  /** The connections that keep their seats until somebody ends them; a silent one is one of them. */
  get staying(): ReadonlyArray<ActorConnection> {
    return [...this.taken].filter(({ gone }) => !gone)
  }

  /** Ends a connection so that the server is seen to have let go of it. */
  giveBack(connection: ActorConnection): Effect.Effect<void> {
    return Effect.map(connection.part, (answered) => {
      if (answered) this.taken.delete(connection)
    })
  }

  /** Before one more is taken: where only seats are left whose end nobody can see noticed, gives the server a moment. */
  makeRoom(timeScale: number): Effect.Effect<void> {
    return Effect.suspend(() => {
      const leaving = [...this.taken].filter(({ gone }) => gone)
      if (!this.full || leaving.length === 0) return Effect.void
      return Effect.map(ownPatience.during(noticeMillis * timeScale), () => {
        for (const connection of leaving) this.taken.delete(connection)
      })
    })
  }
}
