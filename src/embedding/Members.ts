import type { Member } from "./Embedder.ts"
import { usernameKey } from "../Username.ts"

/** Those who are logged in, found by name, and whoever waits for one of them to be gone. */
export class Members {
  private readonly byKey = new Map<string, { readonly member: Member; readonly gone: Array<() => void> }>()

  joined(username: string, member: Member): void {
    const key = usernameKey(username)
    this.byKey.set(key, { member, gone: this.byKey.get(key)?.gone ?? [] })
  }

  left(username: string): void {
    const key = usernameKey(username)
    const held = this.byKey.get(key)
    this.byKey.delete(key)
    for (const resolve of held?.gone ?? []) resolve()
  }

  find(username: string): Member | undefined {
    return this.byKey.get(usernameKey(username))?.member
  }

  /** Done once nobody has the name any more who has it now. */
  gone(username: string): Promise<void> {
    const held = this.byKey.get(usernameKey(username))
    return held === undefined ? Promise.resolve() : new Promise((resolve) => held.gone.push(resolve))
  }
}
