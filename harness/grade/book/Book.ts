import { existsSync, mkdirSync } from "node:fs"
import { dirname, join } from "node:path"
import { writeWhole } from "../../report/ReportFile.ts"
import { type Gradebook, filesOf } from "../Grade.ts"
import { classPageOf } from "./ClassPage.ts"
import { gradescopeOf } from "./Gradescope.ts"
import { shownOf } from "./Shown.ts"
import { studentReportOf } from "./StudentReport.ts"
import { tableOf } from "./Table.ts"

/** Writes everything that follows from the grades, each file whole or not at all; again whenever there is one more. */
export const writeBook = (book: Gradebook): void => {
  const shown = shownOf(book)
  const hasReport = (name: string) => existsSync(filesOf(book.folder, name).report)
  write(join(book.folder, "index.html"), classPageOf(book, shown, hasReport))
  write(join(book.folder, "grades.csv"), tableOf(shown))
  for (const one of shown) {
    const files = filesOf(book.folder, one.grade.name)
    write(files.words, studentReportOf(one))
    write(files.gradescope, gradescopeOf(one))
  }
}

const write = (file: string, text: string): void => {
  mkdirSync(dirname(file), { recursive: true })
  writeWhole(file, text)
}
