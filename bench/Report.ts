import type { Figure, Target, Unit } from "./Figure.ts"
import { type Outcome, outcome, type Result, type Server } from "./Result.ts"
import type { Spread } from "./Statistics.ts"
import { plain, type Table } from "./Table.ts"

/** The whole report for a terminal. */
export const report = (result: Result): string =>
  [
    headline(result),
    ...measuredSections(result).map(
      (section) => `${section.name}: ${section.about}\n\n${plain(sectionTable(result, section))}`
    ),
    plain(targetTable(result)),
    ...result.notes.map((note) => `! ${note}`)
  ].join("\n\n")

/** The version, machine, date and length of a run, in one line. */
export const headline = ({ date, machine, quick, rounds, seconds, version }: Result): string =>
  `palabre ${version} on ${machine.processors} × ${machine.processor}, ${machine.memoryGigabytes} GB, ${machine.system}, ` +
  `Node ${machine.node}; ${date.slice(0, 10)}, ${rounds} ${quick ? "short " : ""}round${rounds === 1 ? "" : "s"} in ${Math.round(seconds)} s`

/** The sections that gave figures. */
export const measuredSections = ({ samples, sections }: Result): Result["sections"] =>
  sections.filter(({ figures }) => samples.some(({ figure }) => figure in figures))

type Reported = Result["sections"][number]

/** The figures of a section: a row for each server, the figures in columns. */
export const sectionTable = (result: Result, { figures }: Reported): Table => {
  const entries = Object.entries(figures).filter(([name]) =>
    result.samples.some(({ figure }) => figure === name)
  )
  const rows = result.servers.flatMap((server) => {
    const outcomes = entries.map(([name, figure]) => outcome(result, server.name, name, figure))
    return outcomes.some((found) => found !== undefined)
      ? [[serverTitle(server), ...entries.flatMap(([, figure], i) => cells(outcomes[i], figure))]]
      : []
  })
  const columns = entries.flatMap(([, { column, reference }]) =>
    reference === undefined ? [column] : [column, `× ${reference}`]
  )
  return { columns: ["server", ...columns], rows }
}

/** The targets of our server beside its values. */
export const targetTable = (result: Result): Table => {
  const ours = result.servers.find(({ role }) => role === "ours")
  const rows = result.sections.flatMap(({ figures }) =>
    Object.entries(figures).flatMap(([name, figure]) => {
      const { target } = figure
      if (target === undefined || ours === undefined) return []
      const found = outcome(result, ours.name, name, figure)
      return [
        [
          figure.title,
          measured(found, figure, target),
          ...bounds(figure, target),
          found?.verdict ?? "not measured"
        ]
      ]
    })
  )
  return { columns: ["palabre", "measured", "target", "stretch", "verdict"], rows }
}

const cells = (found: Outcome | undefined, { reference, unit }: Figure): ReadonlyArray<string> => {
  if (found === undefined) return reference === undefined ? ["–"] : ["–", "–"]
  if (reference === undefined) return [withSpread(found.value, unit)]
  return [
    formatNumber(found.value.median, unit),
    found.ratio === undefined ? "–" : withSpread(found.ratio, "×")
  ]
}

const measured = (found: Outcome | undefined, { unit }: Figure, target: Target): string => {
  if (found === undefined) return "–"
  if (target.of === "value")
    return withUnit(withSpread(found.value, unit), unit) + withInterval(found.value, unit)
  const value = withUnit(formatNumber(found.value.median, unit), unit)
  return found.ratio === undefined
    ? value
    : `${value} = ${withSpread(found.ratio, "×")} ×${withInterval(found.ratio, "×")}`
}

const withInterval = ({ interval }: Spread, unit: Unit): string =>
  interval === undefined
    ? ""
    : `; 95 %: ${formatNumber(interval[0], unit)} to ${formatNumber(interval[1], unit)}`

const bounds = ({ reference, unit }: Figure, { max, of, stretch }: Target): ReadonlyArray<string> => {
  const bound = (value: number) =>
    `≤ ${of === "ratio" ? `${value} × ${reference}` : withUnit(`${value}`, unit)}`
  return [bound(max), stretch === undefined ? "" : bound(stretch)]
}

/** A number with its unit. */
export const withUnit = (text: string, unit: Unit): string =>
  unit === "/s" ? `${text}/s` : `${text} ${unit}`

/** The middle of the rounds, and from where to where they went. */
export const withSpread = ({ least, median, most }: Spread, unit: Unit): string => {
  const [low, middle, high] = [least, median, most].map((value) => formatNumber(value, unit))
  return low === high ? middle! : `${middle} (${low}–${high})`
}

/** A number as a person reads it: three digits that count, thousands and millions by name. */
export const formatNumber = (value: number, unit: Unit): string => {
  if (unit === "/s" && value >= 1e6) return `${(value / 1e6).toFixed(2)} M`
  if (unit === "/s" && value >= 1e4) return `${Math.round(value / 1e3)} k`
  if (unit === "×") return value.toFixed(2)
  if (value >= 100) return Math.round(value).toLocaleString("en")
  return value.toPrecision(value >= 10 ? 3 : 2)
}

/** The server as a reader knows it: its title, its version, and its room where that is smaller. */
export const serverTitle = ({ clientsMax, title, version, role }: Server): string =>
  `${title}${role === "peer" && version !== "" ? ` ${version}` : ""}${clientsMax === undefined ? "" : ` (${clientsMax} clients)`}`
