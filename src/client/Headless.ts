import type { Readable, Writable } from "node:stream"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Address } from "../net/Address.ts"
import { nextChunk } from "../wire/NextChunk.ts"
import {
  type CannotConnect,
  type Client,
  type ClientSettings,
  clientSettings,
  connect,
  type ConnectionEnded,
  keepAlive,
  login,
  type LoginRefused,
  type Received
} from "./Client.ts"
import { parseInput } from "./Input.ts"
import {
  eventText,
  helpText,
  noticeText,
  type Paint,
  painterFor,
  quoted,
  refusalText,
  troubleText,
  unknownText,
  usersText
} from "./Text.ts"
import { type Line, Lines, scriptLineBytesMax } from "../wire/Lines.ts"
import { printableJson, safe, withoutCommands } from "./Printable.ts"

/** Where to connect, as whom, and the three streams of a script. */
export interface HeadlessOptions {
  readonly address: Address
  readonly username: string
  /** True to print each object from the server as JSON on a line of its own, instead of as text. */
  readonly json: boolean
  readonly input: Readable
  readonly output: Writable
  /** Where refusals and other remarks go. */
  readonly remarks: Writable
  readonly settings?: ClientSettings
}

/** Some lines were refused; there was a remark on each. */
export class LinesRefused extends Schema.TaggedError<LinesRefused>()("LinesRefused", {
  count: Schema.Finite
}) {}

/** The reader of the output has closed it. */
export class OutputClosed extends Schema.TaggedError<OutputClosed>()("OutputClosed", {}) {}

/**
 * The client of scripts: each line of the input is a message or a command, and is answered before the next one is
 * sent. Done when the input ends or says `/quit`.
 */
export const runHeadless = Effect.fn("Headless.run")(function* (
  options: HeadlessOptions
): Effect.fn.Return<
  void,
  CannotConnect | LoginRefused | ConnectionEnded | LinesRefused | OutputClosed,
  Scope.Scope
> {
  const { settings = clientSettings, username } = options
  const outputClosed = yield* closing(options.output)
  const client = yield* connect({
    address: options.address,
    settings,
    onReceived: (received) => print(options, received)
  })
  const reply = yield* login(client, { username, features: ["presence"], settings })
  yield* keepAlive(client, reply, settings)
  const refusals = yield* Effect.raceAllFirst([
    obeyAll(options, client),
    Effect.flatMap(client.ended, Effect.fail),
    Deferred.await(outputClosed)
  ])
  if (refusals > 0) return yield* new LinesRefused({ count: refusals })
})

/** Obeys every line, and gives the number of refused ones. */
const obeyAll = Effect.fnUntraced(function* (options: HeadlessOptions, client: Client) {
  const lines = new Lines(scriptLineBytesMax)
  let refusals = 0
  while (true) {
    const chunk = yield* Effect.orElseSucceed(nextChunk(options.input), () => undefined)
    for (const line of chunk === undefined ? lines.end() : lines.push(chunk)) {
      const outcome = yield* obey(options, client, line)
      if (outcome === "quit") return refusals
      if (outcome !== undefined) {
        refusals++
        yield* remark(options, troubleText, outcome)
      }
    }
    if (chunk === undefined) return refusals
  }
})

/** Obeys one line, and gives what went wrong, if anything did. */
const obey = Effect.fnUntraced(function* (options: HeadlessOptions, client: Client, line: Line) {
  if ("problem" in line) return `${line.problem}; it was not sent`
  const input = parseInput(line.text)
  switch (input.kind) {
    case "nothing":
      return undefined
    case "quit":
      return "quit" as const
    case "unknown":
      return unknownText(input.word)
    case "help":
      for (const text of helpText) yield* remark(options, noticeText, text)
      return undefined
    case "list": {
      const reply = yield* client.request({ type: "list" })
      if (reply.users === undefined) return refusalText("/list", reply)
      if (!options.json)
        yield* write(options.output, noticeText(usersText(reply.users, Infinity), painterFor(options.output)))
      return undefined
    }
    case "say": {
      const { content } = input
      const reply = yield* client.request({ type: "message", username: options.username, content })
      return reply.status === "success" ? undefined : refusalText(quoted(content), reply)
    }
  }
})

const print = ({ json, output }: HeadlessOptions, received: Received): Effect.Effect<void> => {
  if (json) return write(output, printableJson(received.text))
  return received.kind === "event"
    ? write(output, eventText(received.event, painterFor(output)))
    : Effect.void
}

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
