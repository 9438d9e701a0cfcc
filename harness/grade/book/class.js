// Sorts the gradebook, and shows what went wrong in the cell that is chosen.
const page = JSON.parse(document.getElementById("data").textContent)
const table = document.querySelector("table")
const body = table.tBodies[0]
const detail = document.getElementById("detail")
const clauses = [...table.querySelectorAll(".clauses th")]

/** The cells before the first clause. */
const margin = 2

table.setAttribute("role", "grid")

/** What is known of a cell; strings are text, never HTML. */
const told = (cell) => {
  const row = cell.parentElement
  const at = cell.cellIndex - margin
  const clause = clauses[at]
  const head = document.createElement("strong")
  head.append(`${row.dataset.name} · ${clause.title} · ${cell.querySelector(".unseen").textContent.trim()}`)
  const list = document.createElement("ul")
  const failures = page.cells[row.dataset.row][at] ?? []
  for (const { href, text } of failures) {
    const item = document.createElement("li")
    const said = href === undefined ? document.createElement("span") : document.createElement("a")
    if (href !== undefined) said.href = href
    said.append(text)
    item.append(said)
    list.append(item)
  }
  if (clause.matches(".suspect")) {
    const item = document.createElement("li")
    item.append(page.suspect)
    list.append(item)
  }
  return list.childElementCount > 0 ? [head, list] : [head]
}

/** Chooses a cell, and nothing where there is none. */
const choose = (cell) => {
  for (const old of table.querySelectorAll("[aria-selected]")) old.removeAttribute("aria-selected")
  detail.hidden = cell === undefined
  if (cell === undefined) return
  for (const old of body.querySelectorAll("td[tabindex='0']")) old.tabIndex = -1
  cell.tabIndex = 0
  cell.setAttribute("aria-selected", "true")
  detail.replaceChildren(...told(cell))
  const below = cell.getBoundingClientRect().bottom - detail.getBoundingClientRect().top
  if (below > 0) scrollBy(0, below + margin)
}

const isCell = (element) => element?.matches("tbody td:not(.marks)")

for (const cell of body.querySelectorAll("td:not(.marks)")) cell.tabIndex = -1
const first = body.querySelector("td:not(.marks)")
if (first) first.tabIndex = 0

body.addEventListener("click", (event) => {
  const cell = event.target.closest("td")
  if (!isCell(cell)) return
  cell.focus()
  choose(cell)
})
body.addEventListener("focusin", (event) => {
  if (isCell(event.target) && event.target.matches(":focus-visible")) choose(event.target)
})

const moves = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }
addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return
  if (event.key === "Escape") return choose()
  const here = document.activeElement
  if (!isCell(here)) return
  if (event.key === "Enter") return detail.querySelector("a")?.click()
  const [down, right] = moves[event.key] ?? [0, 0]
  const next = body.rows[here.parentElement.sectionRowIndex + down]?.cells[here.cellIndex + right]
  if (moves[event.key] === undefined || !isCell(next)) return
  event.preventDefault()
  next.focus()
  choose(next)
})

const collator = new Intl.Collator(document.documentElement.lang, { numeric: true })

/** Names in their order, the best marks first; a second time the other way round. */
const sorts = {
  name: (a, b) => collator.compare(a.dataset.name, b.dataset.name),
  marks: (a, b) => b.dataset.marks - a.dataset.marks
}
for (const button of table.querySelectorAll("button"))
  button.addEventListener("click", () => {
    const head = button.closest("th")
    const by = button.dataset.sort
    const usual = by === "name" ? "ascending" : "descending"
    const other = by === "name" ? "descending" : "ascending"
    const order = head.getAttribute("aria-sort") === usual ? other : usual
    for (const old of table.querySelectorAll("[aria-sort]")) old.removeAttribute("aria-sort")
    head.setAttribute("aria-sort", order)
    const rows = [...body.rows].toSorted(sorts[by])
    body.append(...(order === usual ? rows : rows.toReversed()))
  })
