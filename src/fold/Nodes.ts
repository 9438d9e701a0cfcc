import { boundAbsent, detach } from "./Names.ts"
import type { OperationOf, Rules } from "./Operation.ts"
import { boundByRules } from "./Retention.ts"
import type { Node, State } from "./State.ts"
import type { Turn } from "./Turn.ts"

/** Dead nodes that are remembered: an append that comes later than so many deaths would not be known as theirs. */
const deadMax = 1_000

/** The node that appends an entry, if the entry counts: a node that never began begins with `up`. */
export const nodeOf = ({ entry, state }: Turn): Node | undefined => {
  const node = state.nodes.get(entry.node)
  if (node !== undefined || state.dead.has(entry.node) || entry.ops[0]?.t !== "up") return node
  const [{ version }] = entry.ops as [OperationOf<"up">]
  const begun = { n: 0, since: entry.at, heard: entry.at, version, holders: new Map<number, never>() }
  state.nodes.set(entry.node, begun)
  return begun
}

/**
 * Begins a node. The rules are those of the first node, or of the only one: another with others does not begin, unless it
 * has before and somebody is connected to it.
 */
export const up = (turn: Turn, { alone, epoch, rules }: OperationOf<"up">): void => {
  const { entry, state } = turn
  const { holders } = state.nodes.get(entry.node)!
  if (!alone && state.nodes.size > 1 && holders.size === 0 && !areSame(rules, state.rules)) {
    state.nodes.delete(entry.node)
    return turn.tell({ t: "unlike", rules: state.rules })
  }
  if (state.epoch === "") state.epoch = epoch
  turn.tell({ t: "done" })
  if (alone || state.nodes.size === 1) state.rules = rules
  if (alone) for (const name of state.nodes.keys()) if (name !== entry.node) die(turn, name)
  boundByRules(state)
  boundAbsent(turn)
}

const areSame = (some: Rules, others: Rules): boolean =>
  Object.keys(others).every((name) => some[name as keyof Rules] === others[name as keyof Rules])

export const dead = (turn: Turn, { node }: OperationOf<"dead">): void => {
  if (turn.state.nodes.has(node)) die(turn, node)
  else turn.tell({ t: "done" })
}

/** Ends all connections of a node: sessions are kept, other names are free (NODE-4). */
const die = (turn: Turn, name: string): void => {
  const { state } = turn
  state.nodes.delete(name)
  state.dead.add(name)
  forgetDead(state)
  turn.tell({ t: "dead", node: name })
  for (const holder of state.lobby.members) if (holder.attachment.node === name) detach(turn, holder, true)
}

const forgetDead = (state: State): void => {
  for (const name of state.dead) {
    if (state.dead.size <= deadMax) return
    state.dead.delete(name)
  }
}
