import { existsSync, writeFileSync } from "node:fs"
import * as readline from "node:readline"
import * as Effect from "effect/Effect"
import { show } from "../Text.ts"
import { verbs } from "../Sentence.ts"
import { Signal } from "../Signal.ts"
import { themes, type Verb } from "../Step.ts"
import type { Style } from "../report/Style.ts"
import { commands, complete } from "./Completion.ts"
import { arrows, finding } from "./Script.ts"
import type { Entered, Session } from "./Session.ts"

const PROMPT = "> "

/** The session of a person at a terminal: sentences and commands, and above the prompt what happens in the meantime. */
export const converse = Effect.fnUntraced(function* (
  session: Session,
  terminal: { readonly input: NodeJS.ReadStream; readonly output: NodeJS.WriteStream },
  style: Style
) {
  const lines: Array<string> = []
  let closed = false
  const signal = new Signal()
  const reader = yield* Effect.acquireRelease(
    Effect.sync(() =>
      readline.createInterface({
        ...terminal,
        prompt: PROMPT,
        historySize: 1_000,
        removeHistoryDuplicates: true,
        completer: (line: string) => [[...complete(line, [...session.stage.actors.keys()])], line]
      })
    ),
    (reader) => Effect.sync(() => reader.close())
  )
  reader.on("line", (line) => {
    lines.push(line)
    signal.notify()
  })
  reader.on("close", () => {
    closed = true
    signal.notify()
  })
  let busy = false
  const prompt = () => {
    if (!closed && !busy) reader.prompt(true)
  }
  /** Writes above the line that is being typed. */
  const tell = (text: string) => {
    if (text === "") return
    if (!busy) {
      readline.cursorTo(terminal.output, 0)
      readline.clearLine(terminal.output, 0)
    }
    terminal.output.write(text.endsWith("\n") ? text : `${text}\n`)
    prompt()
  }
  session.stage.transcript.onHappening = ({ actor, kind, text }) =>
    tell(`${style.cyan(actor)} ${arrows[kind]} ${kind === "received" ? text : style.dim(text)}`)
  tell(style.dim("Sentences of scenarios, live: alice logs in. Tab completes, :help lists, :quit ends."))
  for (;;) {
    const line = yield* signal.until(() => lines.shift() ?? (closed ? ":quit" : undefined))
    const words = line.trim().split(/\s+/)
    if (words[0] === ":quit") return
    busy = true
    tell(line.trim().startsWith(":") ? obey(words, session, style) : shown(yield* session.enter(line), style))
    busy = false
    prompt()
  }
}, Effect.scoped)

const shown = (entered: Entered, style: Style): string => {
  switch (entered._tag) {
    case "Nothing":
    case "Passed":
      return ""
    case "Mistake":
      return style.yellow(entered.message)
    case "Failed":
      return `${style.red("✗")}\n${finding(entered.failed)}`
  }
}

const obey = (words: ReadonlyArray<string>, session: Session, style: Style): string => {
  const [command, argument] = words
  switch (command) {
    case ":inbox":
      return inbox(session, argument)
    case ":help":
      return help(argument, style)
    case ":save":
      return save(session, argument)
    default:
      return style.yellow(`unknown command ${command}; there are ${Object.keys(commands).join(", ")}`)
  }
}

const inbox = (session: Session, of: string | undefined): string => {
  const unread = session.unread().filter(({ actor }) => of === undefined || actor.name === of)
  return unread.length === 0
    ? "nothing that has not been asked for"
    : unread.map(({ actor, incoming }) => `${actor.name} ← ${show(incoming.value)}\n`).join("")
}

const help = (word: string | undefined, style: Style): string => {
  const found = verbs.filter(
    ({ example, meaning, sentence }) =>
      word === undefined || `${sentence} ${example} ${meaning}`.includes(word)
  )
  const sentences = themes.flatMap((theme) => {
    const own = found.filter((verb) => verb.theme === theme)
    return own.length === 0 ? [] : [style.bold(theme)].concat(own.flatMap((verb) => helpOn(verb, style)))
  })
  const own = Object.entries(commands).map(
    ([command, meaning]) => `  ${command.padEnd(8)} ${style.dim(meaning)}`
  )
  return (
    [...sentences, ...(word === undefined ? [style.bold("commands"), ...own] : [])].join("\n") ||
    `nothing about ${word}`
  )
}

const helpOn = ({ example, meaning }: Verb, style: Style): ReadonlyArray<string> => [
  `  ${example}`,
  `      ${style.dim(meaning)}`
]

const save = (session: Session, file: string | undefined): string => {
  if (file === undefined) return ":save needs a file, such as :save scenarios/my-session.yaml"
  if (existsSync(file)) return `${file} is there already; choose another name`
  const title = file
    .replace(/^.*\//, "")
    .replace(/\.yaml$/, "")
    .replaceAll("-", " ")
  const saved = session.save(title)
  if ("problem" in saved) return `cannot be saved: ${saved.problem}`
  writeFileSync(file, saved.text)
  return `wrote ${file}; play it with: pnpm scenario ${file}`
}
