/** Checks that a client with the feature `presence` is told of each login and leave, in turn (PRES-1). */
export class Presence {
  private there: Set<string> | undefined

  /** Takes an event; gives what should have come instead, where it is wrong. */
  event(type: string, username: string): string | undefined {
    if (this.there === undefined) return undefined
    const isThere = this.there.has(username)
    if (type === "joined") this.there.add(username)
    else this.there.delete(username)
    return isThere === (type === "left") ? undefined : `${username} ${isThere ? "left" : "joined"}`
  }

  /**
   * Takes a list; gives a name that is missing from it. It may name one more, whose `joined` is on its way; the first
   * list tells which names were there before.
   */
  list(users: ReadonlyArray<string>, self: string): string | undefined {
    this.there ??= new Set(users.filter((name) => name !== self))
    const listed = new Set(users)
    return [...this.there].find((name) => !listed.has(name))
  }
}
