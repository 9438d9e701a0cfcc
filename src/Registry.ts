import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import { usernameKey } from "./Username.ts"

/**
 * The names of those online. The rules below are pure; each is applied as one transaction: what it reads, its answer
 * and its change are one step, which no other fiber can observe half done.
 */
export class Registry extends Context.Service<
  Registry,
  {
    /** True if the name is now the caller's; it must then be released once. */
    readonly claim: (username: string) => boolean
    readonly release: (username: string) => void
    /** The names in login order: the same array until one comes or goes. */
    readonly usernames: () => ReadonlyArray<string>
  }
>()("palabre/Registry") {
  static readonly layer = Layer.sync(Registry, () => {
    const names = new Map<string, string>()
    let listed: ReadonlyArray<string> | undefined
    const transact = <A>(rule: (names: Names, username: string) => Decision<A>, username: string): A => {
      const [answer, change] = rule(names, username)
      if (change !== undefined) {
        apply(names, change)
        listed = undefined
      }
      return answer
    }
    return Registry.of({
      claim: (username) => transact(claim, username),
      release: (username) => transact(release, username),
      usernames: () => (listed ??= usernames(names))
    })
  })
}

/** The names that are held, as their holders gave them, by key, in login order. */
type Names = ReadonlyMap<string, string>

/** A change of the names: a key, and its name from now on, or `undefined` once it is free. */
type Change = readonly [key: string, username: string | undefined]

/** The answer of a rule, and the change that comes with it. */
type Decision<A> = readonly [answer: A, change: Change | undefined]

/** Gives a name to its claimer, unless someone holds the same one (LOGIN-3, LOGIN-9). */
const claim = (names: Names, username: string): Decision<boolean> => {
  const key = usernameKey(username)
  return names.has(key) ? [false, undefined] : [true, [key, username]]
}

/** Frees a name that its holder gives back (LEAVE-1). */
const release = (_: Names, username: string): Decision<void> => [
  undefined,
  [usernameKey(username), undefined]
]

/** All names as their holders gave them, in login order (LIST-1). */
const usernames = (names: Names): ReadonlyArray<string> => [...names.values()]

const apply = (names: Map<string, string>, [key, username]: Change): void => {
  if (username === undefined) names.delete(key)
  else names.set(key, username)
}
