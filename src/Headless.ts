import type { Readable, Writable } from "node:stream"
import { styleText } from "node:util"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Address } from "./Address.ts"
import { nextChunk } from "./Chunks.ts"
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
import { parseInput } from "./ClientInput.ts"
import {
  eventText,
  helpText,
  noticeText,
  type Paint,
  quoted,
  refusalText,
  troubleText,
  unknownText,
  usersText
} from "./ClientText.ts"
import { type Line, Lines } from "./Lines.ts"
import { printableJson } from "./Printable.ts"

export interface HeadlessOptions {
  readonly address: Address
  readonly username: string
  /** Whether each object of the server is printed as it is, on a line of its own, instead of as text. */
  readonly json: boolean
  readonly input: Readable
  readonly output: Writable
  /** Where refusals and other remarks go. */
  readonly remarks: Writable
  readonly settings?: ClientSettings
}

/** Some lines were not said or obeyed; each was remarked upon. */
export class LinesRefused extends Data.TaggedError("LinesRefused")<{ readonly count: number }> {}

/** Nobody reads the output any more. */
export class OutputClosed extends Data.TaggedError("OutputClosed") {}

/** The client of scripts: each line of the input is a message or a command, and is answered before the next is read. */
export const runHeadless = Effect.fn("Headless.run")(
  function* (
    options: HeadlessOptions
  ): Effect.fn.Return<
    void,
    CannotConnect | LoginRefused | ConnectionEnded | LinesRefused | OutputClosed,
    Scope.Scope
  > {
    const { address, json, output, remarks, settings = clientSettings, username } = options
    const say = (text: string) => write(output, text)
    const chat: Chat = {
      ...options,
      client: yield* connect({
        address,
        settings,
        onReceived: (received) => (json ? say(printableJson(received.text)) : sayEvent(received, output))
      }),
      paintRemark: paintFor(remarks),
      refusals: 0
    }
    const outputClosed = yield* closing(output)
    const { client } = chat
    const reply = yield* login(client, { username, features: ["presence"], settings })
    yield* keepAlive(client, reply, settings)
    yield* Effect.raceAllFirst([
      obeyLines(chat),
      Effect.flatMap(client.ended, Effect.fail),
      outputClosed
    ])
    if (chat.refusals > 0) return yield* new LinesRefused({ count: chat.refusals })
  },
  Effect.scoped
)
