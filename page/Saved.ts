import type { Item, PlaceKind, Sending } from "./Place.ts"
import type { Resumption } from "../src/client/Seen.ts"

/** What a tab keeps, so that it goes on after a reload as if nothing had been. It is gone when the tab is closed. */
export interface Saved {
  readonly username: string
  readonly resumption: Resumption | undefined
  /** The key of the place that is looked at. */
  readonly current: string
  readonly places: ReadonlyArray<SavedPlace>
}

interface SavedPlace {
  readonly kind: PlaceKind
  readonly name: string
  readonly isJoined: boolean
  readonly unread: number
  readonly draft: string
  /** Direct messages, which no history has. */
  readonly items: ReadonlyArray<Item>
  readonly sendings: ReadonlyArray<Sending>
}

const key = "palabre"

/** What this tab kept, if it did. */
export const load = (): Saved | undefined => read("sessionStorage") as Saved | undefined

/** Keeps this, or nothing any more. A browser that keeps nothing does without. */
export const save = (saved: Saved | undefined): void => {
  try {
    if (saved === undefined) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, JSON.stringify(saved))
  } catch {
    // no place is left, or none is given
  }
}

/** The choices of whoever uses this browser. */
export interface Choices {
  readonly locale?: string
  readonly username?: string
}

export const choices = (): Choices => (read("localStorage") ?? {}) as Choices

export const choose = (choice: Choices): void => {
  try {
    localStorage.setItem(key, JSON.stringify({ ...choices(), ...choice }))
  } catch {
    // as above
  }
}

/** What is kept there; nothing where the browser keeps nothing, or does not even say so. */
const read = (storage: "localStorage" | "sessionStorage"): unknown => {
  try {
    return JSON.parse(globalThis[storage].getItem(key) ?? "null") ?? undefined
  } catch {
    return undefined
  }
}
