import { lobby } from "../Protocol.ts"
import type { Paint } from "./Text.ts"
import { nameText } from "./Text.ts"
import { printable } from "./Printable.ts"
import type { Whereabouts } from "./Whereabouts.ts"

/**
 * What stands before the line being typed: `alice> `, and where there are rooms `alice [lab] (dev 2, lobby 1)> `: the room
 * where it is said, and the messages that came into others meanwhile. In a narrow window it is shortened.
 */
export const promptText = (
  username: string,
  { room, unread }: Whereabouts,
  columns: number,
  paint: Paint
): string => {
  const name = room === undefined ? printable(username) : `${printable(username)} `
  const here = room === undefined ? "" : `[${printable(nameText(room))}]`
  const counts = [...unread].map(([other, count]) => `${other === lobby ? lobby : nameText(other)} ${count}`)
  const total = [...unread.values()].reduce((sum, count) => sum + count, 0)
  const all = total === 0 ? "" : ` (${printable(counts.join(", "))})`
  const sum = total === 0 ? "" : ` (+${total})`
  const forms = [
    [name, here, all],
    [name, here, sum],
    [room === undefined ? name : "", here, sum]
  ] as const
  const fitting = forms.find((form) => widthOf(form.join("")) <= columns / 2) ?? forms.at(-1)!
  const [who, where, news] = fitting
  return `${paint(["bold", "green"], `${who}${where}`)}${news === "" ? "" : paint("yellow", news)}> `
}

/** Columns that a text takes at most. */
const widthOf = (text: string): number =>
  Array.from(text).reduce((width, character) => width + (character.codePointAt(0)! < 0x1100 ? 1 : 2), 0)
