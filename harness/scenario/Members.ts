import type { ObjectPattern } from "../language/Pattern.ts"
import { actorsOf, type Cast } from "../language/Subject.ts"
import { laneOf } from "../stage/Actor.ts"
import { asksForName, patternsOf, sentBy } from "./StepFacts.ts"
import type { Step } from "../verbs/Step.ts"
import { featuresOf } from "./Wishes.ts"

/** A plain member of the chat that reads, and that the server understands: one that a hidden `list` could be asked for. */
interface Member {
  readonly username: string
  /** Replies that it waits for. */
  readonly owed: number
}

/** The actors that are connected, and the plain members among them, as far as the file tells. */
export class Members {
  private readonly cast: ReadonlyArray<string>
  private readonly connected = new Set<string>()
  private readonly members = new Map<string, Member>()

  constructor(cast: Cast) {
    this.cast = actorsOf(cast)
  }

  isConnected(actor: string): boolean {
    return this.connected.has(actor)
  }

  /** The name of a member that waits for nothing, or `undefined` for anybody else. */
  usernameOf(actor: string): string | undefined {
    const member = this.members.get(actor)
    return member?.owed === 0 ? member.username : undefined
  }

  /** The actors that a step is about; none where only the play can tell. */
  subjectsOf({ subject, verb }: Step): ReadonlyArray<string> {
    if (subject?._tag === "Actors") return subject.names
    if (subject?._tag !== "Everyone") return []
    return verb.needs === "connected" ? this.cast.filter((actor) => this.isConnected(actor)) : this.cast
  }

  /** Follows a step that has been played. */
  follow(step: Step): void {
    if (step.verb.restarts === true) {
      this.connected.clear()
      this.members.clear()
    }
    for (const actor of this.subjectsOf(step)) this.followOne(step, actor)
  }

  private followOne(step: Step, actor: string): void {
    const { becomes, connects, reads } = step.verb
    if (connects === true) this.connected.add(actor)
    if (becomes === "gone") this.connected.delete(actor)
    if (step.verb.resumes === true || featuresOf(step).length > 0) return void this.members.delete(actor)
    if (becomes === "logged in" && (step.name === undefined || step.name._tag === "Literal"))
      return void this.members.set(actor, { username: String(step.name?.value ?? actor), owed: 0 })
    const member = this.members.get(actor)
    if (member === undefined) return
    if (isOutOfTheOrdinary(step)) return void this.members.delete(actor)
    const asked = reads === true ? 0 : sentBy(step).length
    this.members.set(actor, { ...member, owed: Math.max(0, member.owed + asked - repliesIn(step)) })
  }
}

/** True if after this step nobody can be sure of the next reply. */
const isOutOfTheOrdinary = (step: Step): boolean => {
  const { becomes, connects, leaves, reading, theme, writing } = step.verb
  const ends = becomes !== undefined || connects === true || leaves === true || writing === "stops"
  return ends || reading === "stops" || theme === "raw bytes" || asksForName(step)
}

/** The replies that a step takes. */
const repliesIn = (step: Step): number => {
  if (step.verb.reads !== true || step.verb.matches === "maybe none") return 0
  const replies = patternsOf(step).filter(isReply).length
  return step.verb.matches === "one" ? Math.min(1, replies) : replies
}

const isReply = (pattern: ObjectPattern): boolean => laneOf(pattern) === "reply"
