/** That who has the feature `presence` is told of each coming and going, in turn (PRES-1). */
export class Presence {
  private there: Set<string> | undefined

  /** An event came: what is wrong with it. */
  event(type: string, username: string): string | undefined {
    if (this.there === undefined) return undefined
    const isThere = this.there.has(username)
    if (type === "joined") this.there.add(username)
    else this.there.delete(username)
    return isThere === (type === "left") ? undefined : `${username} ${isThere ? "left" : "joined"}`
  }

  /**
   * A list came: who is not on it but should be. It may name one more, whose `joined` is on its way; the first list
   * tells who was there before.
   */
  list(users: ReadonlyArray<string>, self: string): string | undefined {
    this.there ??= new Set(users.filter((name) => name !== self))
    const listed = new Set(users)
    return [...this.there].find((name) => !listed.has(name))
  }
}
