import { painted } from "../../src/client/Printable.ts"

const names = ["red", "green", "yellow", "cyan", "bold", "dim"] as const

/** Colours for a terminal, or none. */
export type Style = Readonly<Record<(typeof names)[number], (text: string) => string>>

const styleBy = (paint: (name: (typeof names)[number], text: string) => string): Style =>
  Object.fromEntries(names.map((name) => [name, (text: string) => paint(name, text)])) as Style

/** With colours, whoever reads: that is decided by whoever chooses it. */
export const coloured: Style = styleBy((name, text) => (text === "" ? "" : painted(name, text)))

/** The text as it is. */
export const colourless: Style = styleBy((_, text) => text)
