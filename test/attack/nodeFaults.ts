import type { FaultName } from "../../attack/resume/Faults.ts"
import type { Change } from "../support/changes.ts"

/** A server that is wrong on purpose, as one of several nodes. */
export interface NodeFault {
  readonly changes: ReadonlyArray<Change>
  /** What has to happen for it to show. */
  readonly faults: ReadonlyArray<FaultName>
  /** How often, if it needs that more often than most. */
  readonly times?: number
  /** The lease, if it needs another one than most. */
  readonly leaseMillis?: number
  /** Milliseconds by which the second node is behind the others, if it has to be. */
  readonly lateMillis?: number
  /** It is found in seconds. */
  readonly isShort?: boolean
  /** The clauses that may tell of it. */
  readonly clauses: RegExp
}

/** What tells of a session that ended too soon: its client cannot go on, letters to it are refused, its name is free. */
const lostSession = /RESUME-[1-5]|DM-[34]|LOGIN-3/

/** The faults of a node, each with what its author may have thought. */
export const nodeFaults = {
  /** "An append that failed did not arrive." */
  "appends-counted-twice": {
    changes: [{ file: "fold/Fold.ts", from: "entry.n <= node.n", to: "false" }],
    faults: ["answers-lost"],
    leaseMillis: 5_000,
    clauses: /DEDUP-1|SEQ-[1-4]/
  },
  /** "It is plain that this will be said, so it can be acknowledged." */
  "acked-before-the-log-has-it": {
    changes: [
      {
        file: "requests/Message.ts",
        from: "if (follower === undefined) answer(conversation, ack)",
        to: ""
      },
      {
        file: "requests/Message.ts",
        from: "  conversation.inFlight++\n",
        to: `  conversation.inFlight++
  if (conversation.follower === undefined)
    answer(conversation, withId(conversation.house.replies.sent, request.id))
`
      }
    ],
    faults: ["packets-lost"],
    times: 2,
    clauses: /MSG-1/
  },
  /** "Others see to it that a dead node says nothing more." */
  "dead-nodes-go-on": {
    changes: [
      {
        file: "fold/Nodes.ts",
        from: "  state.nodes.delete(name)\n  state.dead.add(name)\n",
        to: ""
      },
      {
        file: "fold/Names.ts",
        from: "  state.nodes.get(holder.attachment.node)?.holders.delete(holder.attachment.id)\n  state.lobby",
        to: "  state.lobby"
      },
      { file: "fold/Messages.ts", from: "members.has(from) !== true", to: "members === undefined" }
    ],
    faults: ["packets-late"],
    times: 5,
    clauses: /NODE-2|MSG-[14]|SEQ-[1-4]/
  },
  /** "Who is gone is gone." */
  "sessions-die-with-their-node": {
    changes: [
      { file: "fold/Nodes.ts", from: "detach(turn, holder, true)", to: "detach(turn, holder, false)" }
    ],
    faults: ["node-killed"],
    clauses: lostSession
  },
  /** "A second is long enough." */
  "over-before-the-grace": {
    changes: [{ file: "requests/Sessions.ts", from: "sinceMillis < graceMillis", to: "sinceMillis < 1" }],
    isShort: true,
    faults: ["node-killed"],
    clauses: lostSession
  },
  /** "They will look at the history." */
  "nothing-missed-is-shown": {
    changes: [
      {
        file: "requests/Starts.ts",
        from: "return { after, upto: ring.last, skipOwn: true }",
        to: "return fromNow(ring)"
      }
    ],
    faults: ["node-killed"],
    clauses: /SEQ-2|RESUME-3/
  },
  /** "Nodes do not die." */
  "dead-nodes-keep-their-names": {
    changes: [
      {
        file: "replica/Liveness.ts",
        from: "nowMillis - this.#lastOf(node) >= this.#leaseMillis",
        to: "nowMillis < this.#lastOf(node)"
      }
    ],
    faults: ["node-killed"],
    times: 10,
    clauses: /NODE-4/
  },
  /** "A name that is held there is free here." */
  "names-are-held-on-one-node": {
    changes: [
      {
        file: "fold/Names.ts",
        from: "if (state.names.has(key))",
        to: "if (state.names.get(key)?.attachment.node === turn.entry.node)"
      }
    ],
    faults: ["connections-cut"],
    clauses: /NODE-[124]|LOGIN-3|RESUME-[1-5]|DM-[1-4]|LIST-1/
  },
  /** "As long as its node lives, a session is connected there." */
  "comes-back-to-its-node-alone": {
    changes: [
      {
        file: "fold/Names.ts",
        from: "known.key === key) return resume",
        to: "known.key === key && (known.isAbsent || known.attachment.node === turn.entry.node)) return resume"
      }
    ],
    faults: ["node-killed"],
    clauses: /RESUME-[1-5]/
  },
  /** "What is not in the log in time will not be there." */
  "in-doubt-is-refused": {
    changes: [
      {
        file: "replica/Submissions.ts",
        from: 'for (const { done } of told) done({ t: "doubtful" })',
        to: "for (const each of told) this.#refuse(each)"
      }
    ],
    faults: ["packets-late"],
    times: 5,
    leaseMillis: 6_000,
    clauses: /NODE-5|SEQ-3/
  },
  /** "The list is what is known here." */
  "lists-without-a-fence": {
    changes: [
      {
        file: "requests/Conversation.ts",
        from: '  carryOutRequest(conversation, { t: "fence" }, id, ',
        to: `  ((_: string, taken: (result: Happening) => Work) =>
    conversation.house.hub.inTurn(() => taken({ t: "done" })()))(`
      }
    ],
    faults: ["connections-cut"],
    lateMillis: 50,
    isShort: true,
    clauses: /SYNC-1/
  },
  /** "Without an ack, it did not arrive." */
  "given-back-in-doubt": {
    changes: [
      { file: "replica/Appending.ts", from: "mayBeThere ||= !error.isCertain", to: "mayBeThere = false" }
    ],
    faults: ["answers-lost"],
    leaseMillis: 5_000,
    clauses: /NODE-5|DEDUP-1/
  },
  /** "Whoever comes back says nothing twice." */
  "receipts-are-not-kept": {
    changes: [
      {
        file: "fold/Restore.ts",
        from: "receipts?.set(cid, { digest, room, seq, to }) !== undefined",
        to: "receipts !== undefined"
      }
    ],
    faults: ["node-killed"],
    clauses: /DEDUP-[1-4]|SEQ-[1-4]|NODE-6/
  }
} as const satisfies Readonly<Record<string, NodeFault>>
