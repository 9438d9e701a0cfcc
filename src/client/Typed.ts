import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type { Reply } from "../Protocol.ts"
import { type Chat, complain, noFeatures } from "./Chat.ts"
import type { Client, ConnectionEnded } from "./Client.ts"
import { carryOut, type ServerCommand } from "./Commands.ts"
import { type ClientInput, parseInput } from "./Input.ts"
import type { Place, Session, Unsent } from "./Session.ts"
import { helpText, noticeText, quoted, refusalText, unknownText, unsentText } from "./Text.ts"

/** Obeys what is typed until it says to quit. */
export const obeyAll = Effect.fnUntraced(function* (chat: Chat) {
  while (true) {
    const line = yield* Queue.take(chat.screen.lines)
    const input = parseInput(line)
    if (input.kind === "quit") return yield* settle(chat)
    const { naming } = chat
    if (naming !== undefined && input.kind === "say" && input.to === undefined) {
      chat.naming = undefined
      yield* Deferred.succeed(naming, input.content.trim())
    } else yield* obey(chat, input, line)
  }
})

const obey = (chat: Chat, input: ClientInput, line: string): Effect.Effect<void> => {
  const { naming, screen, session } = chat
  switch (input.kind) {
    case "nothing":
    case "quit":
      return Effect.void
    case "help":
      return Effect.sync(() => {
        for (const text of helpText(session?.granted ?? noFeatures))
          screen.print(noticeText(text, screen.paint))
      })
    case "unknown":
      return complain(chat, unknownText(input.word))
    case "mistake":
      return complain(chat, input.text)
    case "say":
      return say(chat, input, line)
    default:
      if (naming !== undefined) return complain(chat, `choose a name first, then /${input.kind}`)
      return whenOnline(chat, line, (online, client) => command(chat, online, client, input))
  }
}

/** Has the server carry out a command, and tells what went wrong. */
export const command = Effect.fnUntraced(function* (
  chat: Chat,
  session: Session,
  client: Client,
  input: ServerCommand
) {
  const trouble = yield* carryOut(session, chat.whereabouts, input, (request) =>
    session.askOver(client, request)
  )
  if (trouble !== undefined) yield* complain(chat, trouble)
})

/**
 * Says something where we are, or to one person. Where the session is kept, it goes out now or once the connection is
 * back, and the next line need not wait for its answer.
 */
const say = Effect.fnUntraced(function* (
  chat: Chat,
  { content, to }: Extract<ClientInput, { kind: "say" }>,
  line: string
) {
  const { session } = chat
  const { room } = chat.whereabouts
  const place: Place = to === undefined ? { room } : { to }
  const heard = (answer: Effect.Effect<Reply, Unsent>, text: (unsent: Unsent) => string) =>
    Effect.matchEffect(answer, {
      onSuccess: (reply) =>
        reply.status === "success" ? Effect.void : complain(chat, refusalText(quoted(content), reply)),
      onFailure: (unsent) => complain(chat, text(unsent))
    })
  if (session?.isKept !== true)
    return yield* whenOnline(chat, line, (online) =>
      Effect.flatMap(online.say(content, place), (answer) => heard(answer, () => lostText(line)))
    )
  if (session.client === undefined && !chat.isWaitTold) {
    chat.isWaitTold = true
    yield* complain(chat, "not connected: it will be sent once the connection is back")
  }
  const answer = yield* session.say(content, place)
  yield* Effect.forkIn(heard(answer, unsentText), chat.scope, { startImmediately: true })
})

const lostText = (line: string): string =>
  `the connection ended before ${quoted(line)} was answered; it may be lost`

/** Uses the connection; without one, the line is put back where it was typed. */
const whenOnline = (
  chat: Chat,
  line: string,
  use: (session: Session, client: Client) => Effect.Effect<unknown, ConnectionEnded>
): Effect.Effect<void> => {
  const { screen, session } = chat
  const client = session?.client
  if (session !== undefined && client !== undefined)
    return Effect.catch(Effect.asVoid(use(session, client)), () => complain(chat, lostText(line)))
  return Effect.andThen(
    complain(chat, "not connected: the line is kept, press Enter once the connection is back"),
    Effect.sync(() => screen.restore(line))
  )
}

/** Waits a little for the answers to what was said last. */
const settle = ({ session, settings }: Chat): Effect.Effect<void> =>
  session?.client === undefined
    ? Effect.void
    : Effect.asVoid(Effect.timeoutOption(session.settled, settings.logoutMillisMax))
