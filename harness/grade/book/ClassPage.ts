import { visible } from "../../Format.ts"
import { familyOf } from "../../report/ClauseTable.ts"
import { placeOnPage } from "../../report/html/Html.ts"
import { html, type Markup } from "../../report/html/Markup.ts"
import { asset, pageOf } from "../../report/html/Page.ts"
import type { Gradebook, GradeOutcome, Result } from "../Grade.ts"
import { type Column, resultIn } from "../Marks.ts"
import { noticesOf, suspectsAmong } from "./Notices.ts"
import { columnName, failuresOf, number, resultWord, type Shown, told } from "./Shown.ts"

/** The gradebook as one page: a row for each submission, a column for each clause. */
export const classPageOf = (book: Gradebook, shown: ReadonlyArray<Shown>, hasReport: HasReport): string => {
  const { texts } = book
  const suspects = suspectsAmong(shown)
  return pageOf({
    language: texts.language,
    title: book.title,
    style: asset("class.css", import.meta.url),
    script: asset("class.js", import.meta.url),
    data: { suspect: texts.gradebook.suspectThis, cells: cellsOf(shown, hasReport) },
    body: html`${headView(book, shown)}
      <main>
        ${noticesOf(book, shown, suspects)} ${tableView(shown, suspects, book, hasReport)}
        <p class="legend">
          ${results.map((result) => html`<span class="${result}">${signs[result]} ${resultWord(result, texts)}</span> `)}
        </p>
        <p class="keys">${texts.gradebook.keys}</p>
      </main>
      <aside id="detail" aria-live="polite" hidden></aside>`
  })
}

/** Tells if there is a report in HTML about a submission. */
export type HasReport = (name: string) => boolean

const results: ReadonlyArray<Result> = ["passed", "failed", "not_reached", "not_played", "inconclusive"]

const signs: Record<Result, string> = {
  passed: "✓",
  failed: "✗",
  not_reached: "○",
  not_played: "–",
  inconclusive: "?"
}

const headView = (book: Gradebook, shown: ReadonlyArray<Shown>): Markup => {
  const { gradebook, grading } = book.texts
  const counts = [...Map.groupBy(shown, ({ grade }) => grade.outcome)].map(
    ([outcome, some]) =>
      html`<li class="${looks[outcome]}">${grading.outcomes[outcome]} <b>${some.length}</b></li> `
  )
  const marks = shown.flatMap(({ marks }) => marks ?? [])
  const middle = marks.map(({ earned }) => earned).toSorted((a, b) => a - b)
  const median = ((middle[(middle.length - 1) >> 1] ?? 0) + (middle[middle.length >> 1] ?? 0)) / 2
  const text = gradebook.outOf(number(median, book.texts), number(marks[0]?.max ?? 0, book.texts))
  return html`<header class="run">
    <h1>${book.title}</h1>
    <ul class="counts">
      <li>${gradebook.submissions(shown.length + book.waiting.length)}</li>
      ${counts}${book.waiting.length > 0 ? html`<li>${gradebook.waiting(book.waiting.length)}</li>` : undefined}${marks.length > 0 ? html`<li>${gradebook.median(text)}</li>` : undefined}
    </ul>
  </header>`
}

/** The class that an outcome has among the counts. */
const looks: Record<GradeOutcome, string> = {
  graded: "passed",
  nothing_to_run: "failed",
  not_built: "failed",
  not_started: "failed",
  timed_out: "warned",
  inconclusive: "inconclusive"
}

const tableView = (
  shown: ReadonlyArray<Shown>,
  suspects: ReadonlySet<Column>,
  { score, texts }: Gradebook,
  hasReport: HasReport
): Markup => {
  const { gradebook } = texts
  const columns = shown[0]?.columns ?? []
  const byLevel = [...Map.groupBy(columns, ({ level }) => level)]
  const families = byLevel.flatMap(([, own]) => [...Map.groupBy(own, ({ clause }) => familyOf(clause))])
  const firsts = new Set(byLevel.map(([, own]) => own[0]))
  const edge = (column: Column | undefined) => (firsts.has(column) ? " edge" : "")
  return html`<div class="book" tabindex="0" role="group" aria-label="${gradebook.clauses}">
    <table>
      <thead>
        <tr class="levels">
          <th scope="col" rowspan="3" class="name">
            <button type="button" data-sort="name">${gradebook.student}</button>
          </th>
          <th scope="col" rowspan="3" class="marks">
            <button type="button" data-sort="marks">${gradebook.marks}</button>
          </th>
          ${byLevel.map(
            ([level, own]) =>
              html`<th scope="colgroup" colspan="${own.length}" class="edge">
                <span>${level} · ${number(score[level], texts)}</span>
              </th> `
          )}
        </tr>
        <tr class="families">
          ${families.map(
            ([family, own]) =>
              html`<th
                scope="colgroup"
                colspan="${own.length}"
                class="family${edge(own[0])}"
                title="${family}"
              >
                <span>${family}</span>
              </th> `
          )}
        </tr>
        <tr class="clauses">
          ${columns.map((column) => {
            const { clause } = column
            const look = `${suspects.has(column) ? "suspect" : ""}${edge(column)}`
            const title = `${columnName(column)} ${texts.clauses[clause].title}`
            return html`<th scope="col" class="${look}" title="${title}">
              <span class="unseen">${familyOf(clause)}-</span>${clause.slice(familyOf(clause).length + 1)}
            </th> `
          })}
        </tr>
      </thead>
      <tbody>
        ${shown.map((one, index) => rowView(one, index, edge, hasReport))}
      </tbody>
      ${shown.length > 1 ? footView(shown, suspects, edge) : undefined}
    </table>
  </div>`
}

const rowView = (
  { book, columns, grade, marks }: Shown,
  index: number,
  edge: (column: Column) => string,
  hasReport: HasReport
): Markup => {
  const { texts } = book
  const { gradebook } = texts
  const folder = encodeURIComponent(grade.name)
  const page = hasReport(grade.name) ? "report.html" : "report.md"
  const levels = (marks?.levels ?? []).map(({ earned, level }) => `${level} ${number(earned, texts)}`)
  return html`<tr data-row="${index}" data-name="${grade.name}" data-marks="${marks?.earned ?? -1}">
    <th scope="row" class="name">
      <a href="${folder}/${page}">${grade.name}</a>
      <small>
        ${grade.outcome === "graded" ? undefined : html`<b class="${looks[grade.outcome]}">${texts.grading.outcomes[grade.outcome]}</b> · `}<a
          href="${folder}/report.md"
          >${gradebook.inWords}</a
        >
      </small>
    </th>
    <td class="marks" title="${levels.join(", ")}">
      ${marks === undefined ? "–" : html`<b>${number(marks.earned, texts)}</b> <small>/ ${number(marks.max, texts)}</small>`}
    </td>
    ${columns.map((column) => {
      const result = resultIn(grade, column)
      return html`<td class="${result ?? "not_asked"}${edge(column)}">
        ${result === undefined ? undefined : signs[result]}<span class="unseen">
          ${resultWord(result, texts)}</span
        >
      </td> `
    })}
  </tr> `
}

/** The number of those who pass each clause. */
const footView = (
  shown: ReadonlyArray<Shown>,
  suspects: ReadonlySet<Column>,
  edge: (column: Column) => string
): Markup => {
  const [first] = shown
  return html`<tfoot>
    <tr>
      <th scope="row" class="name">${first?.book.texts.gradebook.passedBy}</th>
      <td class="marks"></td>
      ${(first?.columns ?? []).map((column) => {
        const passed = shown.filter(({ grade }) => resultIn(grade, column) === "passed").length
        return html`<td class="${suspects.has(column) ? "suspect" : ""}${edge(column)}">${passed}</td> `
      })}
    </tr>
  </tfoot>`
}

/** What went wrong in a cell, and where the report tells more; by row, then by column. */
const cellsOf = (
  shown: ReadonlyArray<Shown>,
  hasReport: HasReport
): ReadonlyArray<
  Readonly<Record<string, ReadonlyArray<{ readonly text: string; readonly href: string | undefined }>>>
> =>
  shown.map(({ book, columns, grade }) =>
    Object.fromEntries(
      columns.flatMap((column, index) => {
        const failures = failuresOf(grade, column)
        if (failures.length === 0) return []
        const shown = failures.slice(0, failuresMax).map(({ isHidden, name, sentence, title }) => {
          const place = `${encodeURIComponent(grade.name)}/report.html#${placeOnPage(name)}`
          const where = isHidden ? `${book.texts.gradebook.hiddenScenario} (${name})` : title
          const href = isHidden || !hasReport(grade.name) ? undefined : place
          return { text: visible(told(where, sentence, book.texts)), href }
        })
        return [[String(index), shown]]
      })
    )
  )

/** The most failures that are shown of one cell. */
const failuresMax = 3
