import * as Effect from "effect/Effect"
import { Process } from "../../process/Process.ts"
import { Servers } from "../../src/client/Servers.ts"
import { runTerminal } from "../../src/client/Terminal.ts"
import { Server } from "../../src/Server.ts"
import { server } from "../support/server.ts"
import { connectAs } from "../support/TestClient.ts"
import { keys, VirtualTerminal } from "../support/VirtualTerminal.ts"
import { svgOf } from "./Svg.ts"

/** A picture of the documentation: its file, and an effect that draws it. */
interface Picture {
  readonly file: string
  readonly draw: Effect.Effect<string>
}

const columns = 80

/** What a person at the client sees of a talk with two others. */
const talk = Effect.gen(function* () {
  const { addresses } = yield* Server
  const terminal = new VirtualTerminal({ columns, rows: 16 })
  const { input, output } = terminal
  output.write(`${prompt} pnpm client --username alice\n`)
  const bob = yield* connectAs("bob", "rooms", "direct")
  yield* bob.ask({ type: "join", room: "lab" })
  yield* bob.ask({ type: "message", room: "lab", content: "The build is green again." })
  yield* Effect.forkScoped(
    Effect.scoped(
      runTerminal({ servers: new Servers(addresses), username: "alice", input, output, isDumb: false })
    ),
    { startImmediately: true }
  )
  yield* terminal.shows("2 here")
  const carol = yield* connectAs("carol", "presence")
  yield* terminal.shows("carol joined")
  yield* carol.ask({ type: "message", content: "Is the server up?" })
  yield* terminal.shows("Is the server up?")
  terminal.type("It is. Who comes to the lab?", keys.enter)
  yield* carol.takeUntil(({ username, type }) => type === "message" && username === "alice")
  terminal.type("/join lab", keys.enter)
  yield* terminal.shows("The build is green again.")
  yield* bob.ask({ type: "message", room: "lab", content: "Then let us ship it." })
  yield* terminal.shows("Then let us ship it.")
  yield* bob.ask({ type: "message", to: "alice", content: "Cake at four, do not tell carol" })
  yield* terminal.shows("Cake at four")
  yield* carol.ask({ type: "message", content: "What is going on in there?" })
  yield* terminal.shows("going on in there?")
  carol.socket.end()
  yield* terminal.shows("carol left")
  terminal.type("See you later")
  yield* terminal.shows("See you later")
  const title = "The client of alice, who talks with bob and carol in the lobby and in a room"
  return svgOf(terminal.styled, { columns, title }).replaceAll(/>\d\d:\d\d</g, ">14:05<")
}).pipe(Effect.scoped, Effect.provide(server()), Effect.orDie)

/** What a command writes, or the end of it; without what differs from run to run: times, and the server's own log. */
const report = (title: string, args: ReadonlyArray<string>, from = /^/): Effect.Effect<string> =>
  Effect.gen(function* () {
    const env = { ...process.env, FORCE_COLOR: "1", NO_COLOR: "", GITHUB_ACTIONS: "" }
    const program = new Process({ command: [process.execPath, "harness/main.ts", ...args], env })
    yield* Effect.addFinalizer(() => program.kill)
    yield* program.end
    const command = args.map((arg) => (arg.includes(" ") ? `'${arg}'` : arg)).join(" ")
    const text = program.output.text
      .replaceAll(/\d+(?:\.\d+)? (m?s)\b/g, "2 $1")
      .replace(/^ +\S*server\S* .*\n(?: +\S* {8}.*\n)*/m, "")
    const start = text.search(from)
    if (start === -1) return yield* Effect.die(new Error(`the report has another form: ${text}`))
    const terminal = new VirtualTerminal({ columns, rows: 200 })
    terminal.output.write(`${prompt} pnpm ${command}\n${start > 0 ? "⋮\n" : ""}${text.slice(start)}`)
    yield* terminal.until(() => true)
    return svgOf(terminal.styled, { columns, title })
  }).pipe(Effect.scoped, Effect.orDie)

const prompt = "\u001b[2m$\u001b[22m"

/** A server that lets two clients have one name. */
const wrongServer = ["--seed", "1", "--spawn", "pnpm exec node mutants/serve.ts {port} --fault duplicates"]

/** The pictures of the README; `pnpm pictures` draws them. */
export const pictures: ReadonlyArray<Picture> = [
  { file: "docs/pictures/client.svg", draw: talk },
  {
    file: "docs/pictures/failure.svg",
    draw: report(
      "A failure: the line of the scenario, what was expected, what was received, and who said what",
      ["scenario", "scenarios/duplicate-login.yaml", ...wrongServer]
    )
  },
  {
    file: "docs/pictures/verdicts.svg",
    draw: report(
      "The end of a report: the verdict on each clause, how many hold, and what to mend first",
      ["scenario", "--tags", "lab", "--level", "must", ...wrongServer],
      /^\S* +\S*must\S*$/m
    )
  }
]
