import { runner } from "../../src/Invocation.ts"
import { existsSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import { endOfInput, TerminalScreen, type TerminalScreenOptions } from "../../src/client/Screen.ts"
import { shellWord, show } from "../Format.ts"
import { verbs } from "../scenario/Grammar.ts"
import { titleOf } from "../scenario/Writing.ts"
import { themes, type Verb } from "../verbs/Step.ts"
import { writeWhole } from "../report/ReportFile.ts"
import type { Style } from "../report/Style.ts"
import { arrows } from "../stage/Transcript.ts"
import { commands, complete } from "./Completion.ts"
import { crashLines, finding } from "./Script.ts"
import type { Entered, Session } from "./Session.ts"

/** The session of a person at a terminal: sentences and commands, and above the prompt what happens in the meantime. */
export const converse = Effect.fnUntraced(function* (
  session: Session,
  terminal: Omit<TerminalScreenOptions, "complete">,
  style: Style
) {
  const { actors, transcript } = session.stage
  const screen = yield* TerminalScreen.open({
    ...terminal,
    complete: (line) => [[...complete(line, [...actors.keys()], session.rooms)], line]
  })
  const tell = (text: string) => {
    if (text !== "") screen.print(text.trimEnd())
  }
  screen.setPrompt("> ")
  tell(style.dim("Sentences of scenarios, live: alice logs in. Tab completes, :help lists, :quit ends."))
  yield* Effect.acquireRelease(
    Effect.sync(() => {
      transcript.onHappening = ({ actor, kind, text }) =>
        tell(`${style.cyan(actor)} ${arrows[kind]} ${kind === "received" ? text : style.dim(text)}`)
    }),
    () =>
      Effect.sync(() => {
        transcript.onHappening = () => {}
      })
  )
  const obeyAll = Effect.gen(function* () {
    for (;;) {
      const line = (yield* Queue.take(screen.lines)).trim()
      if (line === ":quit" || line === endOfInput) return
      if (line.startsWith(":")) tell(obey(line.split(/\s+/), session, style))
      else {
        const entered = yield* session.enter(line)
        tell(shown(entered, style))
        if (entered._tag === "Failed") tell((yield* crashLines(session, entered.failed)).join("\n"))
      }
    }
  })
  yield* Effect.raceFirst(obeyAll, screen.left)
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
      return style.yellow(`unknown command ${command}; the commands are ${Object.keys(commands).join(", ")}`)
  }
}

const inbox = (session: Session, of: string | undefined): string => {
  const unread = session.unread().filter(({ actor }) => of === undefined || actor.name === of)
  return unread.length === 0
    ? "nothing is waiting"
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
    `no sentence mentions ${word}`
  )
}

const helpOn = ({ example, meaning }: Verb, style: Style): ReadonlyArray<string> => [
  `  ${example}`,
  `      ${style.dim(meaning)}`
]

const save = (session: Session, file: string | undefined): string => {
  if (file === undefined) return ":save needs a file, such as :save scenarios/my-session.yaml"
  if (existsSync(file)) return `${file} already exists; choose another name`
  const saved = session.save(titleOf(file))
  if ("problem" in saved) return `cannot be saved: ${saved.problem}`
  try {
    writeWhole(file, saved.text)
  } catch (error) {
    return `cannot be saved: ${(error as Error).message}`
  }
  return `wrote ${file}; play it with: ${runner} scenario ${shellWord(file)}`
}
