import type { Json } from "../language/Json.ts"
import { isSuccess } from "../stage/PendingRequests.ts"
import { fieldsOf } from "./Cast.ts"
import type { Fact, Said } from "./Recording.ts"

/**
 * The same facts with stand-ins for names and contents, everywhere the same for the same. What the server refused keeps
 * its shape, by which it was refused: letters become x, digits 0.
 */
export const redacted = (facts: ReadonlyArray<Fact>): ReadonlyArray<Fact> => {
  const names = new StandIns("user")
  const contents = new StandIns("message ")
  const rooms = new StandIns("room")
  const cids = new StandIns("cid")
  for (const fact of facts) {
    if (fact._tag !== "Asked" || fact.reply === undefined || !isSuccess(fact.reply)) continue
    const { content, type, username } = fieldsOf(fact.value)
    if (type === "login") names.grant(username)
    if (type === "message") contents.grant(content)
    if (type === "message") cids.grant(fieldsOf(fact.value)["cid"])
    if (type === "join") rooms.grant(fact.room)
  }
  const redact = (value: Json): Json => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return shapeOf(value)
    return Object.fromEntries(
      Object.entries(value).map(([key, field]) => {
        if (["type", "status", "features", "resumed", "session"].includes(key)) return [key, field]
        if (key === "room") return [key, rooms.for(field)]
        if (key === "cid") return [key, cids.for(field)]
        if (key === "seen" || key === "rooms") return [key, {}]
        if (key === "username" || key === "to") return [key, names.for(field)]
        if (key === "content") return [key, contents.for(field)]
        if (key === "users" && Array.isArray(field)) return [key, field.map((name) => names.for(name))]
        return [shapeOf(key), shapeOf(field)]
      })
    )
  }
  const placed = ({ room, to }: Pick<Said, "room" | "to">) => ({
    ...(room === undefined ? {} : { room: rooms.text(room) }),
    ...(to === undefined ? {} : { to: names.text(to) })
  })
  return facts.map((fact): Fact => {
    if (fact._tag === "Delivered")
      return {
        ...fact,
        ...placed(fact),
        username: names.text(fact.username),
        content: contents.text(fact.content)
      }
    if (fact._tag !== "Asked") return fact
    const value = redact(fact.value)
    const reply = fact.reply === undefined ? undefined : redact(fact.reply)
    return { ...fact, ...placed(fact), value, text: JSON.stringify(value), reply }
  })
}

/** Stand-ins for texts, numbered in the order in which they were granted. */
class StandIns {
  private readonly granted = new Map<Json, string>()
  private readonly prefix: string

  constructor(prefix: string) {
    this.prefix = prefix
  }

  grant(text: Json | undefined): void {
    if (typeof text === "string" && !this.granted.has(text))
      this.granted.set(text, `${this.prefix}${this.granted.size + 1}`)
  }

  text(text: string): string {
    return this.granted.get(text) ?? textShape(text)
  }

  for(value: Json): Json {
    return typeof value === "string" ? this.text(value) : shapeOf(value)
  }
}

const shapeOf = <A extends Json>(value: A): A => {
  const shape = (value: Json): Json => {
    if (typeof value === "string") return textShape(value)
    if (typeof value === "number") return 0
    if (Array.isArray(value)) return value.map(shape)
    if (typeof value !== "object" || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [textShape(key), shape(field)]))
  }
  return shape(value) as A
}

const textShape = (text: string): string => text.replace(/\p{L}/gu, "x").replace(/\p{N}/gu, "0")
