import type { Readable, Writable } from "node:stream"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { type Line, Lines, scriptLineBytesMax } from "../wire/Lines.ts"
import { nextChunk } from "../wire/NextChunk.ts"
import { features } from "../Protocol.ts"
import type { SessionFailure } from "./Client.ts"
import { carryOut, type ServerCommand, tell } from "./Commands.ts"
import { parseInput } from "./Input.ts"
import { printableJson, safe, withoutCommands } from "./Printable.ts"
import { type ReconnectSettings, reconnectSettings, stay } from "./Reconnect.ts"
import type { Servers } from "./Servers.ts"
import { type Noted, Session } from "./Session.ts"
import {
  eventText,
  helpText,
  noticeText,
  type Paint,
  painterFor,
  quoted,
  refusalText,
  roomText,
  troubleText,
  unknownText,
  unsentText
} from "./Text.ts"
import { Whereabouts } from "./Whereabouts.ts"
import { type Place } from "./Session.ts"

/** Where to connect, as whom, and the three streams of a script. */
export interface HeadlessOptions {
  readonly servers: Servers
  readonly username: string
  /** The room to say things in, and go into first; the lobby without one. */
  readonly room?: string | undefined
  /** True to print each object from the server as JSON on a line of its own, instead of as text. */
  readonly json: boolean
  readonly input: Readable
  readonly output: Writable
  /** Where refusals and other remarks go. */
  readonly remarks: Writable
  readonly settings?: ReconnectSettings
}

/** Some lines were refused; there was a remark on each. */
export class LinesRefused extends Schema.TaggedError<LinesRefused>()("LinesRefused", {
  count: Schema.Finite
}) {}

/** The reader of the output has closed it. */
export class OutputClosed extends Schema.TaggedError<OutputClosed>()("OutputClosed", {}) {}

/** The room that everything was to be said in cannot be joined. */
export class RoomRefused extends Schema.TaggedError<RoomRefused>()("RoomRefused", {
  text: Schema.String
}) {}

/**
 * The client of scripts: each line of the input is a message or a command, and is answered before the next one is
 * sent. Done when the input ends or says `/quit`. A lost connection is tried again where the server keeps the session.
 */
export const runHeadless = Effect.fn("Headless.run")(function* (
  options: HeadlessOptions
): Effect.fn.Return<void, SessionFailure | LinesRefused | OutputClosed | RoomRefused, Scope.Scope> {
  const { servers, settings = reconnectSettings, username } = options
  const outputClosed = yield* closing(options.output)
  const session = new Session(username)
  const script: Script = { ...options, session, whereabouts: new Whereabouts() }
  const staying = stay(session, {
    servers,
    features,
    settings,
    onReceived: (noted) => print(script, noted),
    onRoomLost: (room, refusal) =>
      remark(
        options,
        troubleText,
        `you are no longer in ${roomText(room)}: ${refusalText("/join", refusal)}`
      ),
    mayReturn: () => session.isKept,
    onLost: (text) => remark(options, troubleText, text)
  })
  const refusals = yield* Effect.raceAllFirst([
    Effect.tapError(staying, () => tellUnsent(script)),
    Effect.andThen(session.online, Effect.raceFirst(obeyAll(script), Deferred.await(outputClosed)))
  ])
  if (refusals > 0) return yield* new LinesRefused({ count: refusals })
})

interface Script extends HeadlessOptions {
  readonly session: Session
  readonly whereabouts: Whereabouts
}

/** Obeys every line, and gives the number of refused ones. */
const obeyAll = Effect.fnUntraced(function* (script: Script) {
  const { room } = script
  if (room !== undefined) {
    const text = yield* command(script, { kind: "join", room })
    if (text !== undefined) return yield* new RoomRefused({ text })
  }
  const lines = new Lines(scriptLineBytesMax)
  let refusals = 0
  while (true) {
    const chunk = yield* Effect.orElseSucceed(nextChunk(script.input), () => undefined)
    for (const line of chunk === undefined ? lines.end() : lines.push(chunk)) {
      const outcome = yield* obey(script, line)
      if (outcome === "quit") return refusals
      if (outcome !== undefined) {
        refusals++
        yield* remark(script, troubleText, outcome)
      }
    }
    if (chunk === undefined) return refusals
  }
})

/** Obeys one line, and gives what went wrong, if anything did. */
const obey = Effect.fnUntraced(function* (script: Script, line: Line) {
  if ("problem" in line) return `${line.problem}; it was not sent`
  const input = parseInput(line.text)
  switch (input.kind) {
    case "nothing":
      return undefined
    case "quit":
      return "quit" as const
    case "unknown":
      return unknownText(input.word)
    case "mistake":
      return input.text
    case "help":
      for (const text of helpText(script.session.granted)) yield* remark(script, noticeText, text)
      return undefined
    case "say":
      return yield* say(script, input.content, input.to)
    default:
      return yield* command(script, input)
  }
})

const command = ({ session, whereabouts }: Script, input: ServerCommand) =>
  carryOut(session, whereabouts, input, (request) => session.ask(request))

const say = Effect.fnUntraced(function* (
  { session, whereabouts: { room } }: Script,
  content: string,
  to: string | undefined
) {
  const place: Place = to !== undefined ? { to } : room === undefined ? {} : { room }
  const answer = Effect.map(yield* session.say(content, place), (reply) =>
    reply.status === "success" ? undefined : refusalText(quoted(content), reply)
  )
  // without a kept session, the end of the connection is the end of the script
  return yield* Effect.catch(answer, (unsent) =>
    session.isKept ? Effect.succeed(unsentText(unsent)) : Effect.never
  )
})

/** Prints what came, in order. */
const print = Effect.fnUntraced(function* (script: Script, noted: Noted) {
  const { json, output, session, whereabouts } = script
  if (json) yield* write(output, printableJson(withoutToken(noted)))
  if (noted.kind === "event" && session.isIn(noted.event.room)) whereabouts.note(noted.event)
  if (noted.kind === "event" && !json) yield* write(output, eventText(noted.event, painterFor(output)))
  if (noted.kind !== "reply") return
  if (noted.request?.type === "login" && session.logins > 1)
    yield* remark(script, noticeText, noted.reply.message ?? `connected again as ${script.username}`)
  const { messages = [], notices = [], room } = tell(whereabouts, noted.request, noted.reply, Infinity)
  if (json) return
  const paint = painterFor(output)
  for (const text of notices) yield* write(output, noticeText(text, paint))
  for (const kept of messages)
    yield* write(output, eventText({ type: "message", ...kept, ...(room && { room }) }, paint))
})

/** What a server sent, without the token of a session: it is a secret, and output is often kept. */
const withoutToken = ({ kind, text }: Noted): string =>
  kind === "reply" ? text.replace(/("session"\s*:\s*)"(?:[^"\\]|\\.)*"/g, '$1"***"') : text

/** Tells what was taken up and may not have been said. */
const tellUnsent = Effect.fnUntraced(function* (script: Script) {
  if (!script.session.isKept) return
  for (const unsent of script.session.unsent) yield* remark(script, troubleText, unsentText(unsent))
})

const remark = (
  { remarks }: HeadlessOptions,
  as: (text: string, paint: Paint) => string,
  text: string
): Effect.Effect<void> => write(remarks, as(text, painterFor(remarks)))

/** Writes a line; done once it has left this process. A closed stream drops it. */
const write = (stream: Writable, line: string): Effect.Effect<void> =>
  Effect.callback((resume) => {
    stream.write(`${withoutCommands(safe(line))}\n`, () => resume(Effect.void))
  })

/** Fails once the stream breaks, as a pipe does when its reader is gone. */
const closing = Effect.fnUntraced(function* (stream: Writable) {
  const closed = Deferred.makeUnsafe<never, OutputClosed>()
  const onError = () => {
    Deferred.doneUnsafe(closed, Effect.fail(new OutputClosed({})))
  }
  yield* Effect.acquireRelease(
    Effect.sync(() => stream.on("error", onError)),
    () => Effect.sync(() => stream.off("error", onError))
  )
  return closed
})
