/** Colours for a terminal, or none. */
export interface Style {
  readonly red: Paint
  readonly green: Paint
  readonly yellow: Paint
  readonly cyan: Paint
  readonly bold: Paint
  readonly dim: Paint
}
type Paint = (text: string) => string

const escape =
  (on: number, off: number): Paint =>
  (text) =>
    text === "" ? "" : `\u001b[${on}m${text}\u001b[${off}m`
const plain: Paint = (text) => text

export const coloured: Style = {
  red: escape(31, 39),
  green: escape(32, 39),
  yellow: escape(33, 39),
  cyan: escape(36, 39),
  bold: escape(1, 22),
  dim: escape(2, 22)
}

export const colourless: Style = {
  red: plain,
  green: plain,
  yellow: plain,
  cyan: plain,
  bold: plain,
  dim: plain
}
