import * as Context from "effect/Context"
import * as HashMap from "effect/HashMap"
import * as Layer from "effect/Layer"
import * as MutableRef from "effect/MutableRef"
import { usernameKey } from "./Username.ts"

/** Who holds which name: a value that never changes, so that the next one can take its place in one step. */
export interface Names {
  readonly byKey: HashMap.HashMap<string, Holder>
  /** How many names were ever claimed: the login order. */
  readonly claimed: number
}

interface Holder {
  readonly username: string
  readonly order: number
}

/** What a rule answers, and the names after it. */
type Decision<A> = readonly [answer: A, next: Names]

/** Nobody is here. */
export const noNames: Names = { byKey: HashMap.empty(), claimed: 0 }

/** The name for its claimer, unless someone holds it or one that is the same (LOGIN-3, LOGIN-9). */
export const claim = (names: Names, username: string): Decision<boolean> => {
  const key = usernameKey(username)
  if (HashMap.has(names.byKey, key)) return [false, names]
  const holder = { username, order: names.claimed }
  return [true, { byKey: HashMap.set(names.byKey, key, holder), claimed: names.claimed + 1 }]
}

/** Makes a name free that its holder gives back (LEAVE-1). */
export const release = (names: Names, username: string): Decision<void> => [
  undefined,
  { ...names, byKey: HashMap.remove(names.byKey, usernameKey(username)) }
]

/** All names as their holders gave them, in login order (LIST-1). */
export const usernames = (names: Names): ReadonlyArray<string> =>
  [...HashMap.values(names.byKey)].toSorted((a, b) => a.order - b.order).map(({ username }) => username)

/**
 * Who is online. The rules above are pure; each is applied as one transaction on one reference, which no other
 * fiber can observe half done.
 */
export class Registry extends Context.Service<
  Registry,
  {
    /** Whether the name is now the caller's; a granted name must be released once. */
    readonly claim: (username: string) => boolean
    readonly release: (username: string) => void
    /** The same array until a name comes or goes. */
    readonly usernames: () => ReadonlyArray<string>
  }
>()("palabre/Registry") {
  static readonly layer = Layer.sync(Registry, () => {
    const names = MutableRef.make(noNames)
    const transact = <A>(rule: (names: Names, username: string) => Decision<A>, username: string): A => {
      const [answer, next] = rule(names.current, username)
      names.current = next
      return answer
    }
    const cached = memoizeLast(usernames)
    return Registry.of({
      claim: (username) => transact(claim, username),
      release: (username) => transact(release, username),
      usernames: () => cached(names.current)
    })
  })
}

/** The function, remembering its answer for the last value: values that never change need no invalidation. */
const memoizeLast = <A extends object, B>(compute: (input: A) => B): ((input: A) => B) => {
  let last: readonly [A, B] | undefined
  return (input) => {
    if (last?.[0] !== input) last = [input, compute(input)]
    return last[1]
  }
}
