import type { Happening, RefusalCode, Tell } from "./Happening.ts"
import type { Entry } from "./Operation.ts"
import { holderOf, type Holder, type State } from "./State.ts"

/** An entry that is being applied, and the index of the operation whose turn it is. */
export class Turn {
  readonly state: State
  readonly position: number
  readonly entry: Entry
  i = 0
  private readonly sink: Tell

  constructor(state: State, position: number, entry: Entry, sink: Tell) {
    this.state = state
    this.position = position
    this.entry = entry
    this.sink = sink
  }

  tell(happening: Happening): void {
    this.sink(happening, this.i)
  }

  refuse(code: RefusalCode): void {
    this.tell({ t: "refused", code })
  }

  /** The client of a connection of this node; one that holds no name is fenced. */
  holder(id: number): Holder | undefined {
    const holder = holderOf(this.state, this.entry.node, id)
    if (holder === undefined) this.tell({ t: "fenced" })
    return holder
  }
}
