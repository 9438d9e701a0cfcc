import { capitalised } from "./Notes.ts"
import { headline, measuredSections, sectionTable, targetTable, withUnit } from "./Report.ts"
import { outcome, type Result } from "./Result.ts"
import { markdown, type Table } from "./Table.ts"

/** CPU time in µs, as the model of docs/SCALING.md has it. */
export interface Costs {
  /** For the server of whoever says a message. */
  readonly said: number
  /** For every other server. */
  readonly heard: number
  /** For each client that it reaches. */
  readonly delivery: number
}

/** The part of one core that servers may be busy: more leaves no room for bursts. */
const busyMax = 0.7

const servers = [1, 2, 3, 5, 10, 30]
const rooms = [10, 100, 1_000]

/**
 * Messages per second that so many servers carry, one core each, where everybody is in rooms of one size, spread evenly
 * over the servers: each message is said once, heard on every other server, and delivered to its room.
 */
export const carried = ({ delivery, heard, said }: Costs, servers: number, room: number): number => {
  const micros = said + (servers - 1) * heard + (room - 1) * delivery
  return (servers * busyMax * 1e6) / micros
}

/** What the model is made of, and what follows from it, in Markdown. */
export const scaling = (result: Result): string => {
  const of = (name: string) => {
    const section = result.sections.find(({ figures }) => name in figures)
    return section && outcome(result, "palabre", name, section.figures[name]!)?.value.median
  }
  const costs = { said: of("said"), heard: of("heard"), delivery: of("unkept") }
  return [
    `Written by \`pnpm bench nodes log --write\`: ${headline(result)}.`,
    markdown(targetTable(result)),
    ...measuredSections(result).flatMap((section) => [
      `**${section.name}**: ${capitalised(section.about)}.`,
      markdown(turned(sectionTable(result, section), section.figures))
    ]),
    ...(isComplete(costs)
      ? [
          `Messages per second that servers carry by this, if each is busy for ${busyMax * 100} % of one core, and what one log takes:`,
          markdown(model(costs, of("logMessages")))
        ]
      : []),
    result.notes.map((note) => `- ${note}`).join("\n")
  ].join("\n\n")
}

const isComplete = (costs: { readonly [Key in keyof Costs]: number | undefined }): costs is Costs =>
  Object.values(costs).every((cost) => cost !== undefined)

const model = (costs: Costs, logMost: number | undefined): Table => ({
  columns: ["servers", ...rooms.map((room) => `rooms of ${room.toLocaleString("en")}`)],
  rows: [
    ...servers.map((count) => [`${count}`].concat(rooms.map((room) => whole(carried(costs, count, room))))),
    ...(logMost === undefined ? [] : [["one log", ...rooms.map(() => whole(logMost))]])
  ]
})

const whole = (value: number): string => Math.round(value).toLocaleString("en")

/** A table of one server, with a row for each figure. */
const turned = ({ columns, rows }: Table, figures: Result["sections"][number]["figures"]): Table => ({
  columns: ["figure", "measured"],
  rows: columns.slice(1).map((column, i) => {
    const figure = Object.values(figures).find((figure) => figure.column === column)
    return [figure!.title, withUnit(rows[0]![i + 1]!, figure!.unit)]
  })
})
