// Selects a step or a row of a diagram by the page's address, and shows what belongs to it and its bytes.
const page = JSON.parse(document.getElementById("data").textContent)
const panel = document.getElementById("bytes")
const body = document.getElementById("bytes-body")

/** Gives an element the address that names it. */
const place = (element, id) => {
  element.id = id
  if (element.matches("a")) element.href = `#${id}`
}

/** Numbers the lines and the rows of a scenario, and says of each arrow who sends or receives. */
const number = (scenario) => {
  const names = [...scenario.querySelectorAll(".heads b")].map(({ textContent }) => textContent)
  scenario.querySelectorAll(".source > *").forEach((line, at) => place(line, `${scenario.id}:${at + 1}`))
  scenario.querySelectorAll(".row:not(.heads, .gap)").forEach((row, at) => place(row, `${scenario.id}/${at}`))
  for (const row of scenario.querySelectorAll(".out, .in")) {
    const lane = /\bw(\d+)/.exec(row.lastChild.className)[1]
    const text = row.matches(".out") ? page.texts.out : page.texts.in
    row.querySelector(".caption").prepend(make("span", "unseen", text.replace("{actor}", names[lane])))
  }
}

/** An element with a class and what is in it; strings are text, never HTML. */
const make = (name, look, ...inside) => {
  const element = document.createElement(name)
  if (look !== "") element.className = look
  element.append(...inside)
  return element
}

const bytesOf = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))

const printable = (byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : "·")

/** Some bytes as a hexadecimal dump in which those from `from` up to `to` stand out. */
const dump = (bytes, from, to) => {
  const perLine = innerWidth < 640 ? 8 : 16
  const dumped = make("pre", "")
  for (let at = 0; at < bytes.length; at += perLine) {
    const line = [...bytes.subarray(at, at + perLine)]
    const part = (shown, separator) => {
      const cells = line.map(shown)
      const cut = (index) => Math.min(line.length, Math.max(0, index - at))
      const marked = cells.slice(cut(from), cut(to)).join(separator)
      const before = cells.slice(0, cut(from)).map((cell) => cell + separator)
      const after = cells.slice(cut(to)).map((cell) => separator + cell)
      return [
        before.join(""),
        ...(marked === "" ? [] : [make("mark", "", marked)]),
        marked === "" ? after.join("").slice(separator.length) : after.join("")
      ]
    }
    const gap = " ".repeat(3 * (perLine - line.length) + 2)
    dumped.append(
      at.toString(16).padStart(4, "0"),
      "  ",
      ...part((byte) => byte.toString(16).padStart(2, "0"), " "),
      gap,
      ...part(printable, ""),
      "\n"
    )
  }
  return dumped
}

/** The bytes of one row: what was sent or received, and the segments that carried it. */
const shownBytes = (row) => {
  const scenario = row.id.slice(0, row.id.lastIndexOf("/"))
  const segments = page.segments[scenario] ?? []
  const spans = (row.dataset.bytes ?? "")
    .split(" ")
    .filter(Boolean)
    .map((span) => span.split(":").map(Number))
  const shown = make("section", "", make("h3", "", row.querySelector(".caption, .mark").textContent))
  if (row.dataset.line !== undefined) {
    const link = make("a", "", page.texts.step.replace("{n}", row.dataset.line))
    link.href = `#${scenario}:${row.dataset.line}`
    shown.firstChild.append(" · ", link)
  }
  for (const [segment, from, to] of spans) {
    const [time, at, all] = segments[segment]
    const bytes = bytesOf(at === null ? "" : page.bytes[at])
    const length = all ?? bytes.length
    const text = row.matches(".out") ? page.texts.sent : page.texts.received
    shown.append(
      make("p", "", `${text.replace("{n}", length)} ${time}`),
      dump(bytes, from ?? 0, to ?? length)
    )
    if (bytes.length < length)
      shown.append(make("p", "", page.texts.cut.replace("{n}", length - bytes.length)))
  }
  if (spans.length === 0 && row.matches(".out, .in")) shown.append(make("p", "", page.texts.notKept))
  return shown
}

/** The line of a step, from its place on the page: `login:12`. */
const lineOf = ({ id }) => id.slice(id.lastIndexOf(":") + 1)

const rowsShownMax = 12

/** Shows a step with its rows, or a row with its step. */
const select = () => {
  for (const old of document.querySelectorAll("[aria-current]")) old.removeAttribute("aria-current")
  const chosen = document.getElementById(location.hash.slice(1))
  const scenario = chosen?.closest("details")
  if (scenario) scenario.open = true
  const isRow = chosen?.matches(".row")
  panel.hidden = !(isRow || chosen?.matches(".source a"))
  document.body.classList.toggle("split", !panel.hidden)
  if (panel.hidden) return
  const line = isRow ? chosen.dataset.line : lineOf(chosen)
  const rows = isRow ? [chosen] : [...scenario.querySelectorAll(`[data-line="${line}"]`)]
  const step = document.getElementById(`${scenario.id}:${line}`)
  for (const one of [...rows, step]) one?.setAttribute("aria-current", "true")
  body.replaceChildren(...rows.slice(0, rowsShownMax).map(shownBytes))
  body.scrollTop = 0
  panel.hidden = rows.length === 0
  document.body.classList.toggle("split", !panel.hidden)
  const panes = scenario.querySelector(".panes")
  const { bottom, top } = panes.getBoundingClientRect()
  if (top < 0 || bottom > panel.getBoundingClientRect().top) panes.scrollIntoView()
  for (const one of [isRow ? step : rows[0], chosen]) centre(one)
}

/** Scrolls the pane around an element, and nothing else, until the element is in its middle. */
const centre = (element) => {
  const pane = element?.closest(".source, .exchange")
  if (!pane) return
  const inside = element.getBoundingClientRect().top - pane.getBoundingClientRect().top
  pane.scrollTop += inside - pane.clientHeight / 2
}

const close = () => {
  const chosen = document.querySelector("[aria-current]")
  history.replaceState(null, "", location.pathname + location.search)
  select()
  chosen?.focus()
}

document.querySelectorAll("details.scenario").forEach(number)
addEventListener("hashchange", select)
panel.querySelector("button").addEventListener("click", close)
addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return
  if (event.key === "Escape" && !panel.hidden) return close()
  const here = document.activeElement
  if (!here?.matches(".row, .source a")) return
  const scenario = here.closest("details")
  const go = (to) => {
    if (!to) return
    event.preventDefault()
    to.focus()
    location.hash = `#${to.id}`
  }
  const along = [...scenario.querySelectorAll(here.matches(".row") ? "a.row" : ".source a")]
  const at = along.indexOf(here)
  if (event.key === "ArrowDown") go(along[at + 1])
  if (event.key === "ArrowUp") go(along[at - 1])
  if (event.key === "ArrowLeft" && here.matches(".row"))
    go(document.getElementById(`${scenario.id}:${here.dataset.line}`))
  if (event.key === "ArrowRight" && here.matches(".source a"))
    go(scenario.querySelector(`a.row[data-line="${lineOf(here)}"]`))
})
// only then: the browser goes to the address by itself, and would have the last word before
addEventListener("load", () => requestAnimationFrame(() => requestAnimationFrame(select)))
