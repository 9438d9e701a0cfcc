import * as fc from "fast-check"
import type { Entry, Feature, Operation, Rules } from "../../src/fold/Operation.ts"
import type { Model } from "./Model.ts"

/** What is asked for, before it is known who is there to ask for it. */
type Plan = (model: Model, node: string) => Operation

/** One thing that happens to the log. */
export type Step =
  | {
      readonly does: "append"
      readonly node: number
      readonly isLate: boolean
      readonly plans: ReadonlyArray<Plan>
    }
  | { readonly does: "append again"; readonly which: number }
  | { readonly does: "restore"; readonly bytesMax: number }

const usernames = fc.constantFrom("alice", "ALICE", "bob", "carol", "ﬁ", "__proto__")
const rooms = fc.constantFrom(
  "lab",
  "LAB",
  "den",
  "FI",
  "lobby",
  "Lobby",
  "@",
  "",
  "__proto__",
  "constructor"
)
const id = fc.integer({ min: 1, max: 3 })
const content = fc.oneof(fc.string({ maxLength: 3 }), fc.string({ minLength: 150, maxLength: 300 }))
const features = fc.oneof(
  { weight: 3, arbitrary: fc.constant<ReadonlyArray<Feature>>(["rooms", "direct", "history"]) },
  { weight: 1, arbitrary: fc.subarray<Feature>(["presence", "rooms", "direct", "history"]) }
)

const rules: fc.Arbitrary<Rules> = fc.record({
  history: fc.nat(4),
  historyBytes: fc.integer({ min: 500, max: 4_000 }),
  rooms: fc.nat(3),
  roomsPerClient: fc.nat(2),
  absent: fc.nat(3),
  inbox: fc.nat(2),
  inboxBytes: fc.integer({ min: 0, max: 1_000 }),
  receipts: fc.nat(2),
  unicode: fc.constantFrom("16.0", "17.0")
})

const pick = <A>(list: ReadonlyArray<A>, which: number): A | undefined => list[which % (list.length || 1)]

/** The connection of somebody on the node, mostly; the id of none, or of one that does not know its place any more. */
const idOf = (model: Model, node: string, who: number): number => {
  const known = model.here.filter(({ at }) => at.startsWith(`${node}/`))
  return Number((who === 0 ? undefined : pick(known, who))?.at.split("/")[1] ?? who % 4)
}

/** Tokens are random in life: no two are equal. */
let tokens = 0

const plans: ReadonlyArray<{ readonly weight: number; readonly arbitrary: fc.Arbitrary<Plan> }> = [
  {
    weight: 4,
    arbitrary: fc
      .record({ id, username: usernames, features, rooms: fc.option(fc.array(rooms, { maxLength: 3 })) })
      .map(({ rooms, ...login }) => () => ({
        t: "login",
        ...login,
        ...(login.features.includes("history") ? { token: `token ${++tokens}` } : {}),
        ...(rooms === null ? {} : { rooms })
      }))
  },
  {
    weight: 4,
    arbitrary: fc
      .record({
        id,
        which: fc.nat(9),
        features,
        isAnother: fc.integer({ min: 0, max: 9 }),
        username: usernames
      })
      .map(({ features, id, isAnother, username, which }) => (model) => {
        const known = pick(
          [...model.away, ...model.here].filter(({ token }) => token !== undefined),
          which
        )
        const resume = known?.token ?? "no token"
        const name = isAnother === 0 ? username : (known?.username ?? username).toUpperCase()
        return { t: "login", id, username: name, features, resume, token: `token ${++tokens}` }
      })
  },
  {
    weight: 10,
    arbitrary: fc
      .record(
        { who: fc.nat(9), content, room: rooms, cid: fc.constantFrom("1", "2", "3") },
        { requiredKeys: ["who", "content"] }
      )
      .map(({ who, ...message }) => (model, node) => ({
        t: "message",
        id: idOf(model, node, who),
        ...message
      }))
  },
  {
    weight: 5,
    arbitrary: fc
      .record(
        { who: fc.nat(9), content, to: fc.oneof(usernames, rooms), cid: fc.constantFrom("1", "2", "3") },
        { requiredKeys: ["who", "content", "to"] }
      )
      .map(({ who, ...message }) => (model, node) => ({
        t: "message",
        id: idOf(model, node, who),
        ...message
      }))
  },
  {
    weight: 4,
    arbitrary: fc
      .record({
        who: fc.nat(9),
        which: fc.nat(2),
        how: fc.constantFrom("the same", "in other letters", "other words")
      })
      .map(({ how, which, who }) => (model, node) => {
        const id = idOf(model, node, who)
        const op = pick(model.here.find(({ at }) => at === `${node}/${id}`)?.receipts ?? [], which)?.op
        const { content = "", ...rest } = op ?? {}
        const shouted = how === "in other letters"
        return {
          t: "message",
          ...rest,
          ...(shouted && op?.room !== undefined ? { room: op.room.toUpperCase() } : {}),
          ...(shouted && op?.to !== undefined ? { to: op.to.toUpperCase() } : {}),
          id,
          content: how === "other words" ? `${content}!` : content
        }
      })
  },
  {
    weight: 6,
    arbitrary: fc.record({ who: fc.nat(9), room: rooms }).map(({ room, who }) => (model, node) => ({
      t: "join",
      id: idOf(model, node, who),
      room
    }))
  },
  {
    weight: 2,
    arbitrary: fc.record({ who: fc.nat(9), room: rooms }).map(({ room, who }) => (model, node) => ({
      t: "part",
      id: idOf(model, node, who),
      room
    }))
  },
  {
    weight: 4,
    arbitrary: fc.record({ who: fc.nat(9), keep: fc.boolean() }).map(({ keep, who }) => (model, node) => ({
      t: "leave",
      id: idOf(model, node, who),
      keep
    }))
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ which: fc.nat(9), isStale: fc.boolean(), id })
      .map(({ id, isStale, which }) => (model, node) => {
        const clients = isStale ? [...model.here, ...model.away] : model.away
        const known = pick(
          clients.filter(({ token }) => token !== undefined),
          which
        )
        const [of = node, last = id] = known?.at.split("/") ?? []
        return { t: "over", session: known?.token ?? "no token", of, id: isStale ? id : Number(last) }
      })
  },
  {
    weight: 1,
    arbitrary: fc
      .nat(9)
      .map((which) => (model) => ({ t: "trim", before: pick(model.kept, which)?.position ?? 0 }))
  },
  { weight: 1, arbitrary: usernames.map((username) => () => ({ t: "forget", username })) },
  {
    weight: 1,
    arbitrary: fc
      .record({ username: usernames, reason: content }, { requiredKeys: ["username"] })
      .map((kick) => () => ({ t: "kick", ...kick }))
  },
  {
    weight: 1,
    arbitrary: fc.record({ username: usernames, content }).map((words) => () => ({ t: "announce", ...words }))
  },
  {
    weight: 1,
    arbitrary: fc
      .nat(4)
      .map((which) => (model) => ({ t: "dead", node: pick([...model.nodes.keys()], which) ?? "nobody" }))
  },
  { weight: 1, arbitrary: fc.constantFrom<Operation>({ t: "beat" }, { t: "fence" }).map((op) => () => op) },
  {
    weight: 1,
    arbitrary: fc.nat(9).map((which) => (model) => ({
      t: "epoch",
      epoch: `epoch ${which}`,
      ...(which < 3 && { of: model.epoch }),
      ...(which > 6 && { of: "another" })
    }))
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ rules, alone: fc.boolean() })
      .map((up) => () => ({ t: "up", epoch: "another", ...up }))
  }
]

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      does: fc.constant("append" as const),
      node: fc.nat(2),
      isLate: fc.nat(9).map((die) => die === 0),
      plans: fc.array(fc.oneof(...plans), { minLength: 1, maxLength: 4 })
    })
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("append again" as const), which: fc.nat(20) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant("restore" as const),
      bytesMax: fc.integer({ min: 1_500, max: 5_000 })
    })
  }
)

export const logs = fc.record({ rules, steps: fc.array(step, { maxLength: 60, size: "max" }) })

/** Makes entries of steps, as nodes would append them; one that is dead begins anew under another name. */
export class Writer {
  readonly written: Array<Entry> = []
  private readonly lives = [0, 0, 0]
  private readonly ns = new Map<string, number>()
  private readonly rules: Rules

  constructor(rules: Rules) {
    this.rules = rules
  }

  entry(model: Model, step: Exclude<Step, { does: "restore" }>): Entry | undefined {
    if (step.does === "append again") return pick(this.written.toReversed(), step.which)
    const name = () => `${"abc"[step.node]}${this.lives[step.node]}`
    if (model.dead.includes(name()) && !step.isLate) this.lives[step.node]!++
    const node = name()
    const n = (this.ns.get(node) ?? 0) + 1
    this.ns.set(node, n)
    const rules = model.nodes.size === 0 || step.isLate ? this.rules : model.rules
    const begins: ReadonlyArray<Operation> = model.nodes.has(node)
      ? []
      : [{ t: "up", epoch: "first", rules, alone: model.nodes.size === 0, version: `1.${n}` }]
    const ops = step.plans.map((plan) => plan(model, node))
    const entry: Entry = { node, n, at: n, ops: [...begins, ...ops] }
    this.written.push(entry)
    return entry
  }
}
