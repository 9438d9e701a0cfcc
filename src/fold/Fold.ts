import type { Tell } from "./Happening.ts"
import { announce, message } from "./Messages.ts"
import { kick, leave, login, over } from "./Names.ts"
import { dead, nodeOf, up } from "./Nodes.ts"
import type { Entry, Operation } from "./Operation.ts"
import { forgetUser, trim } from "./Retention.ts"
import { join, part } from "./Rooms.ts"
import type { State } from "./State.ts"
import { Turn } from "./Turn.ts"

/**
 * Applies an entry of the log and tells what happened, in order. The first thing that is told of an operation is its
 * result. The same entries in the same order lead to the same state and the same happenings on every node.
 */
export const apply = (state: State, position: number, entry: Entry, tell: Tell): void => {
  state.position = position
  const turn = new Turn(state, position, entry, tell)
  const node = nodeOf(turn)
  if (node === undefined) return tell({ t: "void", node: entry.node, n: entry.n }, -1)
  if (entry.n <= node.n) return tell({ t: "again", node: entry.node, n: entry.n }, -1)
  node.n = entry.n
  node.heard = entry.at
  for (const operation of entry.ops) {
    if (state.nodes.get(entry.node) === node) perform[operation.t](turn, operation as never)
    else turn.tell({ t: "fenced" })
    turn.i++
  }
}

const done = (turn: Turn): void => turn.tell({ t: "done" })

const perform: {
  readonly [T in Operation["t"]]: (turn: Turn, operation: Extract<Operation, { t: T }>) => void
} = {
  up,
  login,
  message,
  announce,
  join,
  part,
  leave,
  kick,
  over,
  trim: (turn, { before }) => {
    trim(turn.state, before)
    done(turn)
  },
  forget: (turn, { username }) => {
    forgetUser(turn.state, username)
    done(turn)
  },
  dead,
  beat: done,
  fence: done,
  epoch: (turn, { epoch, of = turn.state.epoch }) => {
    if (of !== turn.state.epoch) return done(turn)
    turn.state.epoch = epoch
    turn.tell({ t: "epoch", epoch })
  }
}
