import { html, type Markup } from "../../report/html/Markup.ts"
import type { Gradebook } from "../Grade.ts"
import { type Column, resultIn } from "../Marks.ts"
import { columnName, type Shown } from "./Shown.ts"

/** The clauses that nearly everybody fails of those who came that far; few tell nothing. */
export const suspectsAmong = (shown: ReadonlyArray<Shown>): ReadonlySet<Column> =>
  new Set(
    (shown[0]?.columns ?? []).filter((column) => {
      const of = (result: string) => shown.filter(({ grade }) => resultIn(grade, column) === result).length
      const failed = of("failed")
      return failed >= suspectMin && failed >= suspectShare * (failed + of("passed"))
    })
  )

const suspectMin = 3
const suspectShare = 0.8

/** What a teacher should know before believing the table. */
export const noticesOf = (
  { texts }: Gradebook,
  shown: ReadonlyArray<Shown>,
  suspects: ReadonlySet<Column>
): Markup | undefined => {
  const { gradebook } = texts
  const those = (test: (one: Shown) => boolean) => shown.filter(test).map(({ grade }) => grade.name)
  const notices: ReadonlyArray<readonly [heading: string, names: ReadonlyArray<string>]> = [
    [gradebook.suspect, [...suspects].map(columnName)],
    [gradebook.inconclusive, those(({ grade }) => grade.outcome === "inconclusive")],
    [gradebook.notContained, those(({ grade }) => grade.containment === "not_contained")],
    [
      gradebook.unsteady,
      shown.flatMap(({ grade }) =>
        grade.unsteady.length > 0 ? [`${grade.name} (${grade.unsteady.join(", ")})`] : []
      )
    ]
  ]
  const told = notices.flatMap(([heading, names]) =>
    names.length === 0 ? [] : [html`<li><strong>${heading}</strong> <span>${names.join(" · ")}</span></li> `]
  )
  return told.length === 0
    ? undefined
    : html`<ul class="notices">
        ${told}
      </ul>`
}
