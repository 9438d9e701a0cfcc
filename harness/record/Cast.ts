import type { Json } from "../language/Json.ts"
import { castName, reservedNames } from "../language/Subject.ts"
import { isSuccess } from "../stage/PendingRequests.ts"
import type { Fact } from "./Recording.ts"

/** The fields of an object; of anything else none. */
export const fieldsOf = (value: Json | undefined): { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null ? (value as { readonly [key: string]: Json }) : {}

/**
 * Names the actor of each connection on which something was asked: after the first name that it got, or else wanted. One
 * that comes after another has ended, for the same name, is the same actor come back.
 */
export const actorsIn = (facts: ReadonlyArray<Fact>): ReadonlyMap<number, string> => {
  const wanted = new Map<number, string>()
  const granted = new Map<number, string>()
  for (const fact of facts.toReversed()) {
    if (fact._tag !== "Asked") continue
    const { connection, reply, value } = fact
    const { type, username } = fieldsOf(value)
    if (type !== "login" || typeof username !== "string") continue
    wanted.set(connection, username)
    if (reply !== undefined && isSuccess(reply)) granted.set(connection, username)
  }
  const actors = new Map<number, string>()
  const users = new Map<string, { readonly username: string | undefined; isFree: boolean }>()
  for (const { _tag, connection } of facts) {
    const username = granted.get(connection) ?? wanted.get(connection)
    const actor = actors.get(connection)
    if (_tag === "Asked" && actor === undefined) {
      const isFor = (name: string) => {
        const user = users.get(name)
        return user === undefined || (user.isFree && username !== undefined && user.username === username)
      }
      const name = namesLike(username ?? "").find(isFor)!
      actors.set(connection, name)
      users.set(name, { username, isFree: false })
    } else if (_tag !== "Asked" && _tag !== "Delivered" && actor !== undefined)
      users.get(actor)!.isFree = true
  }
  return actors
}

/** The names of actors that fit a name on the wire, endlessly many: alice, alice2, alice3, … */
const namesLike = (username: string): IteratorObject<string> => {
  const letters = username
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, "")
    .slice(0, charactersMax)
  const base = castName.test(letters) ? letters : "client"
  return counting().map((n) => (n === 1 && !reservedNames.has(base) ? base : `${base}${n}`))
}

function* counting(): Generator<number, undefined> {
  for (let n = 1; ; n++) yield n
}

/** Characters of a name that are kept. */
const charactersMax = 30
