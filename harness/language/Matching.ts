import type { Captures } from "./Json.ts"

/** The first item that cannot have a place of its own together with all before it. */
export interface Unplaced {
  readonly unplaced: number
}

/** True if an item may have this place, and what that binds. */
export type Fits = (item: number, place: number, captures: Captures) => Captures | undefined

/**
 * Gives each item a place of its own; items may compete for places and for what captures are bound to. First it finds
 * out, without captures, whether there are places enough, which is quick; then it tries until the captures agree too.
 */
export const assign = (
  items: number,
  places: number,
  captures: Captures,
  fits: Fits
): Captures | Unplaced => {
  const holders: Array<number | undefined> = Array.from({ length: places })
  for (let item = 0; item < items; item++)
    if (!seat(item, holders, new Set(), (one, place) => fits(one, place, captures) !== undefined))
      return { unplaced: item }
  const search = { items, places, fits, taken: new Set<number>(), deepest: 0, triesLeft: triesMax }
  return tryFrom(0, captures, search) ?? { unplaced: search.deepest }
}

/** Seats one item, moving others to places that suit them as well where need be. */
const seat = (
  item: number,
  holders: Array<number | undefined>,
  asked: Set<number>,
  suits: (item: number, place: number) => boolean
): boolean => {
  for (let place = 0; place < holders.length; place++) {
    if (asked.has(place) || !suits(item, place)) continue
    asked.add(place)
    const holder = holders[place]
    if (holder !== undefined && !seat(holder, holders, asked, suits)) continue
    holders[place] = item
    return true
  }
  return false
}

/** Captures can make the search long; beyond this it gives up and calls the item unplaced. */
const triesMax = 100_000

interface Search {
  readonly items: number
  readonly places: number
  readonly fits: Fits
  readonly taken: Set<number>
  deepest: number
  triesLeft: number
}

const tryFrom = (item: number, captures: Captures, search: Search): Captures | undefined => {
  search.deepest = Math.max(search.deepest, item)
  if (item === search.items) return captures
  for (let place = 0; place < search.places && search.triesLeft > 0; place++) {
    search.triesLeft--
    const bound = search.taken.has(place) ? undefined : search.fits(item, place, captures)
    if (bound === undefined) continue
    search.taken.add(place)
    const rest = tryFrom(item + 1, bound, search)
    search.taken.delete(place)
    if (rest !== undefined) return rest
  }
  return undefined
}
