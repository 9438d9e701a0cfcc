import type { NonEmptyReadonlyArray } from "effect/Array"
import { formatAddress } from "../../src/net/Address.ts"
import type { Node, Server } from "./Target.ts"

/** The nodes of a server; one that has no others is its only node. */
export const nodesOf = (server: Server): NonEmptyReadonlyArray<Node> =>
  server.nodes ?? [{ ...server, name: formatAddress(server) }]

/**
 * Deals the connections of a scenario out to the nodes of its server, in the same way each time it is played: the first
 * actor of the cast begins at the first node, the second at the second and so on; each further connection of an actor goes
 * to the node after its last one, so that whoever comes back does so elsewhere.
 */
export class Deal {
  private readonly nodes: NonEmptyReadonlyArray<Node>
  /** The index, from 0 and beyond their number, of the node that each actor last connected to. */
  private readonly last = new Map<string, number>()
  /** The names of the nodes that each actor was dealt, in order. */
  readonly dealt = new Map<string, ReadonlyArray<string>>()

  constructor(server: Server) {
    this.nodes = nodesOf(server)
  }

  /** True if there is only one node, which everybody gets. */
  get isAlone(): boolean {
    return this.nodes.length === 1
  }

  /** The node for the next connection of an actor, who has this place in the cast; `from` had the session it goes on with. */
  next(actor: string, place: number, from = actor): Node {
    const before = this.last.get(from) ?? this.last.get(actor)
    const index = before === undefined ? place : before + 1
    this.last.set(actor, index)
    const node = this.nodes[index % this.nodes.length]!
    this.dealt.set(actor, [...(this.dealt.get(actor) ?? []), node.name])
    return node
  }
}
