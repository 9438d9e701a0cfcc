/** Numbers from 0 to 1 that look random and are the same for the same seed and text (mulberry32). */
export const randomOf = (seed: number, text: string): (() => number) => {
  let state = seed | 0
  for (const character of text) state = Math.imul(state ^ character.codePointAt(0)!, 0x9e3779b1)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
