import { placeOf } from "../stage/Rooms.ts"
import type { Fact, Said } from "./Recording.ts"
import { fieldsOf } from "./Cast.ts"

type Delivered = Extract<Fact, { readonly _tag: "Delivered" }>

/** The way of the messages of a recording. */
export interface Deliveries {
  /** What is to be expected at a delivery: nothing yet, one message, or several that overtook each other on the way. */
  readonly expected: ReadonlyMap<Fact, ReadonlyArray<Delivered>>
  /** The connections that each message reached. */
  readonly reached: ReadonlyMap<Fact, ReadonlySet<number>>
  /** The number of messages of clients that were not recorded. */
  readonly strange: number
}

/**
 * Finds the message behind each delivery. Played again, messages are sent one after the other: where a client received
 * some in another order than they were sent, because their senders spoke at the same time, their order is left open.
 */
export const deliveriesIn = (
  facts: ReadonlyArray<Fact>,
  nameOf: (connection: number) => string | undefined
): Deliveries => {
  const sent: Array<{ readonly fact: Fact; readonly key: string }> = []
  const reached = new Map<Fact, Set<number>>()
  const received = new Map<number, Array<{ readonly fact: Delivered; readonly order: number }>>()
  let strange = 0
  for (const fact of facts) {
    if (fact._tag === "Asked") {
      const { content, type, username = nameOf(fact.connection) } = fieldsOf(fact.value)
      if (type === "message") sent.push({ fact, key: keyOf(username, content, fact) })
    }
    if (fact._tag !== "Delivered") continue
    const { connection } = fact
    const key = keyOf(fact.username, fact.content, fact)
    const isNew = (one: { readonly fact: Fact }) => reached.get(one.fact)?.has(connection) !== true
    const fresh = sent.findIndex((one) => one.key === key && isNew(one))
    const isAgain = fresh === -1 && fact.room !== undefined // somebody who joins once more may ask for it
    const order = isAgain ? sent.findLastIndex((one) => one.key === key) : fresh
    if (order === -1) {
      strange++
      continue
    }
    const message = sent[order]!.fact
    reached.set(message, (reached.get(message) ?? new Set()).add(connection))
    received.set(connection, [...(received.get(connection) ?? []), { fact, order }])
  }
  const blocks = [...received.values()].flatMap(inBlocks)
  return { expected: new Map(blocks.map((block) => [block.at(-1)!, block])), reached, strange }
}

const keyOf = (username: unknown, content: unknown, place: Pick<Said, "room" | "to">): string =>
  JSON.stringify([username, content, placeOf(place)])

/** Cuts what one client received into the shortest parts that come one after the other in the order of sending. */
const inBlocks = (
  received: ReadonlyArray<{ readonly fact: Delivered; readonly order: number }>
): ReadonlyArray<ReadonlyArray<Delivered>> => {
  const blocks: Array<Array<Delivered>> = []
  let block: Array<Delivered> = []
  let last = -1
  for (const [index, { fact, order }] of received.entries()) {
    block.push(fact)
    last = Math.max(last, order)
    if (received.slice(index + 1).every((later) => later.order > last)) {
      blocks.push(block)
      block = []
    }
  }
  return blocks
}
