import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Argument from "effect/cli/Argument"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { type Address, parseAddresses } from "../net/Address.ts"
import { speaksTls, tlsAdvice } from "../net/SpeaksTls.ts"
import { readTrusted } from "../net/Trust.ts"
import { exitCodes, Failure } from "./Cli.ts"
import type { CannotConnect, ConnectionEnded, LoginRefused } from "../client/Client.ts"
import { printable } from "../client/Printable.ts"
import { Servers } from "../client/Servers.ts"
import { cannotConnectText, endText, refusalText } from "../client/Text.ts"
import type { LinesRefused, OutputClosed, RoomRefused } from "../client/Headless.ts"

const description = `Joins the chat.

At a terminal: a prompt with line editing, history and completion. /help lists the commands. Each message has its
time, and your name stands out in it. /join ROOM goes into a room, where what you type is said then; the prompt has its
name, and counts what came into others meanwhile. A lost connection is tried again, with the same name and the line that
was being typed, at the next one if several servers are given. Where the server keeps sessions, what you missed is shown then, and what had no answer is sent again.

Without a terminal: each line of standard input is a message or a command (/join ROOM, /leave, /rooms, /msg NAME TEXT,
/history, /list, /quit; //text says /text) and is answered before the next one is sent. The end of the input logs out.
Where the server keeps sessions, a lost connection is tried again for two minutes.

Exit codes: 0 everything was said and done, 1 the server refused the name or something else, or ended the connection,
2 bad flag or value, 3 no connection, 74 the output cannot be written.`

const readCertificate = (file: string): Effect.Effect<Buffer, CliError.InvalidValue> =>
  Effect.mapError(
    readTrusted(file),
    (problem) =>
      new CliError.InvalidValue({
        option: "ca",
        value: file,
        expected: `a certificate in PEM (${problem})`,
        kind: "flag"
      })
  )

/** `palabre client`: the chat for a person at a terminal, or for a script on standard input. */
export const client = Command.make(
  "client",
  {
    addresses: Argument.String("HOST:PORT").pipe(
      Argument.withDescription(
        "the server: HOST:PORT, HOST, :PORT or [IPv6]:PORT [default 127.0.0.1:12345]; several servers of one chat with commas"
      ),
      Argument.mapTryCatch(parseAddresses, (error) => (error as Error).message),
      Argument.withDefault(parseAddresses(""))
    ),
    username: Flag.String("username").pipe(
      Flag.withAlias("u"),
      Flag.withMetavar("NAME"),
      Flag.withDescription("log in with this name; a terminal asks for it, a script must give it"),
      Flag.optional
    ),
    room: Flag.String("room").pipe(
      Flag.withMetavar("ROOM"),
      Flag.withDescription("go into this room first, and say things there"),
      Flag.optional
    ),
    tls: Flag.Boolean("tls").pipe(
      Flag.withDescription("speak TLS, and trust the system's certificates"),
      Flag.withDefault(false)
    ),
    ca: Flag.File("ca").pipe(
      Flag.mapEffect(readCertificate),
      Flag.withMetavar("FILE"),
      Flag.withDescription("speak TLS, and trust this certificate (PEM) instead"),
      Flag.optional
    ),
    port: Flag.Int("port").pipe(
      Flag.withMetavar("PORT"),
      Flag.withDescription("the port, instead of that of the address"),
      Flag.filter(
        (port) => port >= 1 && port <= 65_535,
        (port) => `--port ${port}: a port is a number from 1 to 65535`
      ),
      Flag.optional
    ),
    bell: Flag.Boolean("bell").pipe(
      Flag.withDescription("at a terminal, ring its bell for each message that has your name"),
      Flag.withDefault(false)
    ),
    json: Flag.Boolean("json").pipe(
      Flag.withDescription("print every object from the server as one line of JSON, and never prompt"),
      Flag.withDefault(false)
    )
  },
  Effect.fnUntraced(
    function* ({
      addresses,
      bell,
      ca,
      json,
      port,
      room,
      tls,
      username
    }): Effect.fn.Return<void, ClientError, Scope.Scope> {
      const servers = new Servers(
        addresses.map(({ host, port: own }) => ({
          host,
          port: Option.getOrElse(port, () => own),
          tls: trust(tls, ca)
        }))
      )
      const { env, stderr, stdin, stdout } = process
      if (stdin.isTTY && stdout.isTTY && !json) {
        const { runTerminal } = yield* Effect.promise(() => import("../client/Terminal.ts"))
        return yield* runTerminal({
          servers,
          username: Option.getOrUndefined(username),
          room: Option.getOrUndefined(room),
          input: stdin,
          output: stdout,
          isDumb: env["TERM"] === "dumb",
          hasBell: bell
        })
      }
      if (Option.isNone(username)) return yield* Effect.fail(nameless)
      const { runHeadless } = yield* Effect.promise(() => import("../client/Headless.ts"))
      return yield* runHeadless({
        servers,
        username: username.value,
        room: Option.getOrUndefined(room),
        json,
        input: stdin,
        output: stdout,
        remarks: stderr
      }).pipe(Effect.catchTag("ConnectionEnded", (end) => explained(end, servers.current)))
    },
    Effect.scoped,
    Effect.mapError(failureOf)
  )
).pipe(
  Command.withShortDescription("Joins the chat, from a terminal or a script"),
  Command.withDescription(description),
  Command.withExamples([
    { command: "palabre client", description: "the server on this machine; asks for a name" },
    { command: "palabre client chat.example.org:12345 --username alice", description: "a server elsewhere" },
    {
      command: "palabre client a.example.org,b.example.org",
      description: "whichever of two servers of one chat"
    },
    { command: "echo Hello | palabre client --username bot", description: "says one line and leaves" },
    {
      command: "make 2>&1 | palabre client --username ci --room builds",
      description: "says lines in a room"
    },
    {
      command: "tail -f /dev/null | palabre client --username ear --json",
      description: "listens until interrupted"
    }
  ])
)

const trust = (tls: boolean, ca: Option.Option<Buffer>): Address["tls"] =>
  Option.isSome(ca) ? { ca: ca.value } : tls ? {} : undefined

/** A server that hangs up on a plain client without a word may be one that speaks TLS. */
const explained = Effect.fnUntraced(function* (end: ConnectionEnded, address: Address) {
  const mayBeTls = end.isMute && address.tls === undefined
  if (mayBeTls && (yield* speaksTls(address)))
    return yield* Effect.fail(new Failure(tlsAdvice.missing, NO_CONNECTION))
  return yield* end
})

/** Ends that say that this was no connection to a chat. */
const isElsewhere: ReadonlySet<ConnectionEnded["reason"]> = new Set(["speaks_tls", "speaks_http"])

type ClientError =
  | CannotConnect
  | ConnectionEnded
  | LoginRefused
  | LinesRefused
  | OutputClosed
  | RoomRefused
  | Failure

const nameless = new Failure(
  "standard input or output is not a terminal, so nobody can be asked for a name: give one with --username NAME",
  exitCodes.usage
)

/** The message of each error for people on one line, and its exit code for scripts. */
function failureOf(error: ClientError): Failure {
  switch (error._tag) {
    case "Failure":
      return error
    case "CannotConnect":
      return new Failure(printable(cannotConnectText(error)), NO_CONNECTION)
    case "ConnectionEnded":
      return new Failure(printable(endText(error)), isElsewhere.has(error.reason) ? NO_CONNECTION : undefined)
    case "LoginRefused":
      return new Failure(printable(refusalText("the name", error.reply)))
    case "LinesRefused":
      return new Failure(error.count === 1 ? "one line was refused" : `${error.count} lines were refused`)
    case "RoomRefused":
      return new Failure(printable(error.text))
    case "OutputClosed":
      return new Failure("") // a reader who left knows; any other reason is told with the trouble of the output
  }
}

/** Exit code of a client that has no connection to talk over. */
const NO_CONNECTION = 3
