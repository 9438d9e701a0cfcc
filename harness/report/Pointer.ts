import { visible } from "../Format.ts"
import type { Unreadable } from "../stage/Unreadable.ts"
import type { Catalogue } from "../texts/Catalogue.ts"
import { shortened } from "./Layout.ts"

/** The bytes that came, around the place where they cease to be JSON, and below that place a caret with the reason. */
export const pointedAt = (
  { at, fault, text }: Unreadable,
  width: number,
  texts: Catalogue
): ReadonlyArray<string> => {
  const [before, after] = [visible(text.slice(0, at)), visible(text.slice(at))]
  const tooMany = before.length - (width - shownAfterMin)
  const left = tooMany > 0 ? `… ${before.slice(tooMany + 2)}` : before
  const reason = texts.unreadable[fault]
  const isRoomRight = left.length + reason.length + 2 <= width
  const below = isRoomRight
    ? `${" ".repeat(left.length)}^ ${reason}`
    : `${reason} ^`.padStart(left.length + 1)
  return [shortened(left + after, width), below]
}

/** Characters shown from the place on, at least. */
const shownAfterMin = 12
