import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type { Connection } from "../net/Connection.ts"
import type { Ending } from "../net/Ending.ts"
import {
  type Embedder,
  type Hook,
  isContent,
  type LoginAnswer,
  type LoginQuestion,
  type MessageAnswer,
  type MessageQuestion,
  type Words
} from "./Embedder.ts"

/** A client whose requests a hook decides on. */
export interface Asker {
  readonly connection: Connection
  /** True while a hook works on a request of this client, even if that is no longer waited for. */
  isAsking: boolean
}

/** A refusal; the reason is for its client to read. */
export interface Refused {
  readonly reason: string | undefined
}

/** Asks whether a client may have a name: gives a refusal, or `undefined` if it may. */
export const askLogin = (
  asker: Asker,
  { hookMillisMax }: Embedder,
  onLogin: Hook<LoginQuestion, LoginAnswer>,
  username: string
): Effect.Effect<Refused | undefined, Ending> =>
  Effect.flatMap(
    ask(asker, hookMillisMax, (signal) => onLogin({ username, address: asker.connection.peer, signal })),
    (answer) => {
      if (answer === true) return Effect.undefined
      return asRefused(answer) ?? Effect.as(explain(asker, "onLogin", answer), { reason: undefined })
    }
  )

/** Asks whether a message may pass: gives its content, perhaps changed, or a refusal. */
export const askMessage = (
  asker: Asker,
  { contentBytesMax, hookMillisMax }: Embedder,
  onMessage: Hook<MessageQuestion, MessageAnswer>,
  { content, room, to, username }: Words
): Effect.Effect<Refused | string, Ending> =>
  Effect.flatMap(
    ask(asker, hookMillisMax, (signal) =>
      onMessage({ username, content, room, to, address: asker.connection.peer, signal })
    ),
    (answer): Effect.Effect<Refused | string> => {
      if (answer === undefined) return Effect.succeed(content)
      const changed = contentOf(answer)
      if (isContent(changed, contentBytesMax)) return Effect.succeed(changed)
      return asRefused(answer) ?? Effect.as(explain(asker, "onMessage", answer), { reason: undefined })
    }
  )

const contentOf = (answer: unknown): unknown => {
  try {
    return (Object(answer) as { readonly content?: unknown }).content
  } catch {
    return undefined // a getter that throws
  }
}

const asRefused = (answer: unknown): Effect.Effect<Refused> | undefined => {
  if (answer === false) return Effect.succeed({ reason: undefined })
  return typeof answer === "string" ? Effect.succeed({ reason: answer }) : undefined
}

/** There was no answer: the hook threw, or took too long. */
class NoAnswer {
  readonly why: string
  readonly cause: Cause.Cause<never>

  constructor(why: string, cause: Cause.Cause<never> = Cause.empty) {
    this.why = why
    this.cause = cause
  }
}

/** Tells those who run the server why something was refused that no answer refused. */
const explain = ({ connection }: Asker, name: string, answer: unknown): Effect.Effect<void> => {
  const { cause, why } =
    answer instanceof NoAnswer
      ? answer
      : { why: "gave an answer that is none of those it may give", cause: Cause.empty }
  const text = `${name} ${why}. What it was asked about was refused.`
  return Effect.annotateLogs(Effect.logError(text, cause), { connection: connection.id })
}

/**
 * Calls a hook, one at a time for each client: while one that was too late still works on an earlier request, the answer
 * is no. Fails with the ending as soon as the connection is over.
 */
const ask = (
  asker: Asker,
  millisMax: number,
  call: (signal: AbortSignal) => unknown
): Effect.Effect<unknown, Ending> =>
  Effect.suspend(() => {
    if (asker.isAsking) return Effect.succeed(false)
    const controller = new AbortController()
    const answer = callSafely(() => call(controller.signal))
    if (!(answer instanceof Promise)) return Effect.succeed(answer)
    asker.isAsking = true
    const settled = settle(asker, answer)
    return asker.connection
      .whileOpen(inTime(settled, millisMax))
      .pipe(Effect.ensuring(Effect.sync(() => controller.abort())))
  })

const callSafely = (call: () => unknown): unknown => {
  try {
    const answer = call()
    return isPromise(answer) ? Promise.resolve(answer) : answer
  } catch (error) {
    return new NoAnswer("threw", Cause.die(error))
  }
}

const isPromise = (answer: unknown): answer is PromiseLike<unknown> =>
  typeof answer === "object" && answer !== null && "then" in answer && typeof answer.then === "function"

/** The answer, or the reason why there is none; never rejects. */
const settle = async (asker: Asker, answer: Promise<unknown>): Promise<unknown> => {
  try {
    return await answer
  } catch (error) {
    return new NoAnswer("threw", Cause.die(error))
  } finally {
    asker.isAsking = false
  }
}

const inTime = async (settled: Promise<unknown>, millisMax: number): Promise<unknown> => {
  const late = Promise.withResolvers<NoAnswer>()
  const timer = setTimeout(
    () => late.resolve(new NoAnswer(`did not answer within ${millisMax} ms`)),
    millisMax
  )
  try {
    return await Promise.race([settled, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
