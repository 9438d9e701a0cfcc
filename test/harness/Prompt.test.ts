import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { converse } from "../../harness/repl/Prompt.ts"
import { colourless } from "../../harness/report/Style.ts"
import { keys, VirtualTerminal } from "../support/VirtualTerminal.ts"
import { chat, playing, scenarioOf, session, told } from "./playing.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"

const folder = temporaryFolder()

/** A person at `pnpm repl`. */
const started = Effect.gen(function* () {
  const live = yield* session
  const terminal = new VirtualTerminal({ columns: 120 })
  const { input, output } = terminal
  const running = yield* Effect.forkScoped(converse(live, { input, output, isDumb: false }, colourless), {
    startImmediately: true
  })
  const enter = Effect.fnUntraced(function* (line: string, answer: string) {
    terminal.type(line, keys.enter)
    yield* terminal.shows(answer)
  })
  return { enter, live, running, terminal }
})

describe("pnpm repl, at a terminal", () => {
  it.live("shows what each actor sends and receives above the line that is being typed", () =>
    Effect.gen(function* () {
      const { enter, terminal } = yield* started
      yield* enter("alice logs in", 'alice ← {"status":"success"')
      yield* enter("bob logs in", 'bob ← {"status":"success"')
      yield* enter('alice says: "hello"', 'bob ← {"type":"message","username":"alice","content":"hello"}')
      terminal.type("alice receives noth", keys.tab)
      yield* terminal.shows("> alice receives nothing")
    })
  )

  it.live("says what is wrong with a line, and goes on", () =>
    Effect.gen(function* () {
      const { enter } = yield* started
      yield* enter("alice loggs in", 'did you mean "alice logs in"?')
      yield* enter(":hlep", "unknown command :hlep; the commands are")
      yield* enter(":help refused", "bob is refused")
      yield* enter("alice logs in", 'alice ← {"status":"success"')
      yield* enter("alice receives: { status: success }", "✗")
    })
  )

  it.live("says how the server ended, with its last words", () =>
    Effect.gen(function* () {
      const { enter, live } = yield* started
      yield* enter("alice logs in", 'alice ← {"status":"success"')
      Object.assign(live.stage.server, { ended: () => "exit code 3", lastLines: () => ["about to give up"] })
      yield* enter("alice is refused: { within: 100ms }", "the server ended (exit code 3)")
      yield* enter("alice receives: { status: success }", "about to give up")
    })
  )

  it.live("saves what passed as a scenario that passes, and where it cannot, loses nothing", () =>
    Effect.gen(function* () {
      const { enter } = yield* started
      const file = join(folder, "a-greeting.yaml")
      yield* enter("alice logs in", 'alice ← {"status":"success"')
      yield* enter(":inbox", "nothing is waiting")
      yield* enter(`:save ${join(folder, "nowhere", "a.yaml")}`, "cannot be saved: ENOENT")
      yield* enter(`:save ${file}`, "play it with: pnpm scenario")
      yield* enter(`:save ${file}`, "already exists; choose another name")
      assert.isTrue(existsSync(file))
      assert.strictEqual(told(yield* playing(scenarioOf(readFileSync(file, "utf8")), chat())), "passed")
    })
  )

  it.live("ends with :quit, Ctrl-D and Ctrl-C", () =>
    Effect.gen(function* () {
      for (const goodbye of [`:quit${keys.enter}`, keys.ctrlD, keys.ctrlC]) {
        const { running, terminal } = yield* started
        yield* terminal.shows("> ")
        terminal.type(goodbye)
        yield* Fiber.join(running)
      }
    })
  )
})
