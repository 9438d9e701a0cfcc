import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import { apply } from "./fold/Fold.ts"
import type { Happening } from "./fold/Happening.ts"
import type { Entry } from "./fold/Operation.ts"
import { makeState, type Room, type State } from "./fold/State.ts"

/**
 * The shared state of the chat: who holds which name, who is in which room, and what is kept. Each entry of the log is
 * applied as one transaction: what its operations read, their results and their changes are one step, which no fiber can
 * observe half done. Nothing else changes the state.
 */
export class Registry extends Context.Service<
  Registry,
  {
    /** For reading. */
    readonly state: State
    /** Takes over a state that was kept, before anything is applied. */
    readonly adopt: (state: State) => void
    /** Applies an entry and tells what happened, in order, each with the index of the operation that led to it. */
    readonly apply: (position: number, entry: Entry, tell: (happening: Happening, i: number) => void) => void
    /** The names of those in a room, in the order in which they came; in the lobby, the same array until somebody comes or goes. */
    readonly usernames: (room?: Room) => ReadonlyArray<string>
  }
>()("palabre/Registry") {
  static readonly layer = Layer.sync(Registry, () => {
    const state = makeState()
    let everybody: ReadonlyArray<string> | undefined
    return Registry.of({
      state,
      adopt: (kept) => {
        Object.assign(state, kept)
        everybody = undefined
      },
      apply: (position, entry, tell) =>
        apply(state, position, entry, (happening, i) => {
          if (movements.has(happening.t)) everybody = undefined
          tell(happening, i)
        }),
      usernames: (room = state.lobby) => {
        if (room !== state.lobby) return namesIn(room)
        everybody ??= namesIn(room)
        return everybody
      }
    })
  })
}

/** Happenings after which others are in the lobby. */
const movements: ReadonlySet<Happening["t"]> = new Set(["granted", "left"])

const namesIn = ({ members }: Room): ReadonlyArray<string> => Array.from(members, ({ username }) => username)
