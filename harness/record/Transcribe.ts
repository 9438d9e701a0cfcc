import type { Json } from "../language/Json.ts"
import { isSuccess } from "../stage/PendingRequests.ts"
import { features } from "../language/Features.ts"
import { roomKey } from "../stage/Rooms.ts"
import { stepLineWith, verbatim } from "../scenario/Writing.ts"
import { actorsIn, fieldsOf } from "./Cast.ts"
import { type Deliveries, deliveriesIn } from "./Deliveries.ts"
import type { Fact, Said } from "./Recording.ts"
import { Rooms } from "./Rooms.ts"

/** What is to be written of a recording, and the number of messages of strangers that are left out. */
export interface Transcript {
  readonly cast: ReadonlyArray<string>
  /** The features that its clients were granted. */
  readonly needs: ReadonlyArray<string>
  readonly steps: ReadonlyArray<string>
  readonly strange: number
}

/** Tells facts as the steps of a scenario: what each client did, and what it is to receive. */
export const transcribe = (facts: ReadonlyArray<Fact>): Transcript => new Transcriber(facts).tell()

type FactOf<Tag extends Fact["_tag"]> = Extract<Fact, { readonly _tag: Tag }>

class Transcriber {
  private readonly facts: ReadonlyArray<Fact>
  private readonly actors: ReadonlyMap<number, string>
  private readonly deliveries: Deliveries
  private readonly steps: Array<string> = []
  private readonly cast = new Set<string>()
  /** The names that were granted in this recording; others in a list are those of strangers. */
  private readonly known: ReadonlySet<Json>
  /** The connections that have a step, those logged in with their names, and those that have ended. */
  private readonly met = new Set<number>()
  private readonly members = new Map<number, string>()
  private readonly needs = new Set<string>()
  private readonly rooms = new Rooms()
  private readonly over = new Set<number>()
  /** The connections whose last reply was a refusal: the server may end those at any time. */
  private readonly refused = new Set<number>()
  /** The actors that nobody has seen to be gone, by their names. */
  private readonly unseen = new Map<string, string>()
  /** The names that were given back and are not held again. */
  private readonly free = new Set<string>()

  constructor(facts: ReadonlyArray<Fact>) {
    this.facts = facts
    this.actors = actorsIn(facts)
    const logins = facts.filter((fact) => fact._tag === "Asked" && isGranted(fact, "login"))
    const names = new Map(
      logins.map((login) => [login.connection, fieldsOf((login as FactOf<"Asked">).value)["username"]!])
    )
    this.known = new Set(names.values())
    this.deliveries = deliveriesIn(facts, (connection) => names.get(connection) as string | undefined)
  }

  tell(): Transcript {
    for (const fact of this.facts) this.tellOne(fact)
    const needs = features.filter((feature) => this.needs.has(feature))
    return { cast: [...this.cast], needs, steps: this.steps, strange: this.deliveries.strange }
  }

  private tellOne(fact: Fact): void {
    const { connection } = fact
    if (!this.actors.has(connection) || this.over.has(connection)) return
    if (fact._tag === "Asked") return this.ask(fact)
    if (fact._tag === "Delivered") return this.deliver(fact)
    if (fact._tag === "Left")
      return this.leave(connection, fact.how === "close" ? "disconnects" : "is cut off")
    if (this.refused.has(connection)) this.over.add(connection)
    else this.leave(connection, "is disconnected")
  }

  /** Adds a step of a connection's actor. */
  private add(connection: number, words: string, value?: Json, options: Options = {}): void {
    const actor = this.actors.get(connection)!
    this.cast.add(actor)
    this.met.add(connection)
    this.steps.push(stepLineWith(`${actor} ${words}`, value, options))
  }

  /** The same for a sentence that needs a connection. */
  private addConnected(connection: number, words: string, value?: Json): void {
    if (!this.met.has(connection)) this.add(connection, "connects")
    this.add(connection, words, value)
  }

  private ask(asked: FactOf<"Asked">): void {
    const { connection, reply, value } = asked
    const { content, type, username } = fieldsOf(value)
    const name = this.members.get(connection)
    if (reply === undefined && this.isUnfinished(asked)) return
    this.refused.delete(connection)
    if (type === "login" && typeof username === "string" && name === undefined)
      return this.logIn(asked, username)
    if (type === "logout" && name !== undefined && (reply === undefined || isSuccess(reply)))
      return this.leave(connection, this.rooms.hasSession(connection) ? "logs out" : "disconnects")
    this.rooms.follow(asked)
    const isOwn = username === undefined || username === name
    const place = this.placeOf(asked)
    if (
      isGranted(asked, "message") &&
      name !== undefined &&
      typeof content === "string" &&
      isOwn &&
      place !== undefined
    )
      this.add(connection, `says${place}`, verbatim(content), optionsIn(value, ["cid"]))
    else if (isGranted(asked, "join") && isPlainRoom(asked.room))
      this.add(connection, `joins ${asked.room}`, undefined, optionsIn(value, ["recent", "after"]))
    else if (isGranted(asked, "leave") && isPlainRoom(asked.room))
      this.add(connection, `leaves ${asked.room}`)
    else {
      this.send(asked)
      this.expectReply(asked)
    }
    if (type === "message") this.allowUndelivered(asked)
  }

  /** Where a message was said, as a sentence has it; `undefined` where none does. */
  private placeOf({ room, to }: FactOf<"Asked">): string | undefined {
    if (to !== undefined) {
      const [holder] = [...this.members].find(([, name]) => roomKey(name) === roomKey(to)) ?? []
      return holder === undefined ? undefined : ` to ${this.actors.get(holder)!}`
    }
    if (room === undefined) return ""
    return isPlainRoom(room) ? ` in ${room}` : undefined
  }

  /** A request whose reply the end of the recording has cut off: what came of it, nobody knows. */
  private isUnfinished(asked: FactOf<"Asked">): boolean {
    const { connection } = asked
    return (
      !this.deliveries.reached.has(asked) &&
      !this.facts.some((fact) => fact.connection === connection && isEnd(fact))
    )
  }

  private logIn(asked: FactOf<"Asked">, username: string): void {
    const { connection, reply } = asked
    const actor = this.actors.get(connection)!
    if (reply !== undefined && fieldsOf(reply)["resumed"] === true) return this.comeBack(asked, username)
    const wanted = featuresIn(asked)
    const as = (sentence: string) => {
      for (const feature of wanted) this.needs.add(feature)
      this.add(
        connection,
        username === actor ? sentence : `${sentence} as`,
        username === actor ? undefined : verbatim(username),
        wanted.length === 0 ? {} : { features: wanted }
      )
    }
    if (
      reply === undefined &&
      !this.facts.some((fact) => fact.connection === connection && fact._tag === "Ended")
    )
      return // it left without waiting for the answer
    if (reply === undefined || !isSuccess(reply)) {
      if (this.free.has(username)) return // the server had not noticed yet: another time it may have
      as("tries to log in")
      this.add(connection, "is refused")
      this.refused.add(connection)
      return
    }
    as(this.unseen.has(username) ? "keeps trying to log in" : "logs in")
    this.members.set(connection, username)
    this.rooms.logIn(asked)
    this.unseen.delete(username)
    this.free.delete(username)
    for (const gone of this.unseen.values()) this.add(connection, `sees that ${gone} is gone`)
    this.unseen.clear()
  }

  /** Goes on with the session of an earlier connection: its own, or one that still seems alive. */
  private comeBack(asked: FactOf<"Asked">, username: string): void {
    const { connection } = asked
    const [earlier] = [...this.members].find(([, name]) => name === username) ?? []
    if (earlier === undefined) this.add(connection, "comes back")
    else {
      this.add(connection, `takes over from ${this.actors.get(earlier)!}`)
      this.members.delete(earlier)
    }
    this.members.set(connection, username)
    this.rooms.logIn(asked)
    this.unseen.delete(username)
  }

  /** Writes a request as an object where it is a plain one, else byte by byte. */
  private send(asked: FactOf<"Asked">): void {
    const { connection, room, text, value } = asked
    const { type } = fieldsOf(value)
    if (type === "list" && room === undefined) this.addConnected(connection, "asks who is there")
    else if (type === "list" && isPlainRoom(room)) this.addConnected(connection, `asks who is in ${room}`)
    else if (type === "rooms" && isGranted(asked, "rooms"))
      this.addConnected(connection, "asks which rooms there are")
    else if (isPlain(value)) this.addConnected(connection, "sends", verbatim(value))
    else this.addConnected(connection, "sends bytes", `${text}\n`)
  }

  private expectReply({ connection, reply, value }: FactOf<"Asked">): void {
    if (reply === undefined) return this.add(connection, "may receive", { status: "$_" })
    if (!isSuccess(reply)) {
      this.refused.add(connection)
      return this.add(connection, "is refused")
    }
    const { users } = fieldsOf(reply)
    if (fieldsOf(value)["type"] !== "list" || !Array.isArray(users))
      return this.add(connection, "receives", { status: "success" })
    const known = users.filter((name: Json) => this.known.has(name)).map(verbatim)
    this.add(connection, "receives", { status: "success", users: { "in any order": known } })
  }

  private deliver(fact: FactOf<"Delivered">): void {
    const expected = this.deliveries.expected.get(fact)
    if (expected === undefined) return
    const messages = expected.map(messagePattern)
    const { content, room, to, username } = expected[0]!
    if (messages.length > 1) this.addConnected(fact.connection, "receives in any order", messages)
    else if (to === undefined && isPlainRoom(room))
      this.addConnected(fact.connection, `receives in ${room}`, verbatim({ username, content }))
    else this.addConnected(fact.connection, "receives", messages[0])
  }

  /** A message that somebody did not receive, because they were just leaving, may reach them another time. */
  private allowUndelivered(asked: FactOf<"Asked">): void {
    const { room, to, value } = asked
    const { content, username = this.members.get(asked.connection) } = fieldsOf(value)
    if (typeof content !== "string" || typeof username !== "string" || to !== undefined) return
    const message = messagePattern({ username, content, ...(room !== undefined && { room }) })
    const reached = this.deliveries.reached.get(asked)
    for (const connection of this.members.keys()) {
      const isMeant = connection !== asked.connection && this.rooms.isIn(connection, room)
      if (isMeant && reached?.has(connection) !== true) this.add(connection, "may receive", message)
    }
  }

  private leave(connection: number, how: string): void {
    this.over.add(connection)
    if (!this.met.has(connection)) return
    const username = this.members.get(connection)
    if (username !== undefined && how !== "is disconnected") this.add(connection, "receives nothing")
    this.add(connection, how)
    if (username === undefined) return
    const actor = this.actors.get(connection)!
    this.members.delete(connection)
    const isKept = how !== "logs out" && this.rooms.hasSession(connection)
    if (!isKept) this.free.add(username)
    if (how === "logs out") return
    const [witness] = this.members.keys()
    if (witness !== undefined) this.add(witness, `sees that ${actor} is gone`)
    else if (!isKept) this.unseen.set(username, actor)
  }
}

const isEnd = ({ _tag }: Fact): boolean => _tag === "Left" || _tag === "Ended"

const isGranted = ({ reply, value }: FactOf<"Asked">, type: string): boolean =>
  fieldsOf(value)["type"] === type && reply !== undefined && isSuccess(reply)

const messagePattern = ({ content, room, to, username }: Said): Json =>
  verbatim({
    type: "message",
    ...(room === undefined ? {} : { room }),
    ...(to === undefined ? {} : { to }),
    username,
    content
  })

type Options = { readonly [key: string]: Json }

/** The fields of a request that are options of its sentence. */
const optionsIn = (value: Json, names: ReadonlyArray<string>): Options =>
  Object.fromEntries(Object.entries(fieldsOf(value)).filter(([key]) => names.includes(key)))

/** True of a room that a sentence can name. */
const isPlainRoom = (room: string | undefined): room is string =>
  room !== undefined && /^[^\s:<>"'#]{1,64}$/.test(room)

/** The features that a login asked for, but for those that only add what is not recorded. */
const featuresIn = ({ value }: FactOf<"Asked">): ReadonlyArray<string> => {
  const asked = fieldsOf(value)["features"]
  return Array.isArray(asked)
    ? features.filter((feature) => feature !== "presence" && asked.includes(feature))
    : []
}

/** True of an object that reads in a scenario as it was sent: simple keys, and simple values behind them. */
const isPlain = (value: Json): boolean => {
  const fields = Object.entries(fieldsOf(value))
  return (
    !Array.isArray(value) &&
    typeof fieldsOf(value)["type"] === "string" &&
    fields.every(
      ([key, field]) =>
        /^[A-Za-z]\w{0,63}$/.test(key) &&
        (typeof field === "number" ? Number.isSafeInteger(field) : typeof field !== "object")
    )
  )
}
