import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { encode, type ErrorCode, errorCodes, type Id, type Reply } from "../Protocol.ts"
import type { Problem } from "../Problem.ts"
import { texts } from "../settings/Locales.ts"
import { Settings } from "../settings/Settings.ts"

/** The replies of the server, encoded: fixed ones once, the list once per change. */
export class Replies extends Context.Service<
  Replies,
  {
    readonly sent: Buffer
    readonly pong: Buffer
    readonly errors: Readonly<Record<ErrorCode, Buffer>>
    /** The same as answers to requests: `unavailable` says when to ask again, by which it differs from a goodbye. */
    readonly refusals: Readonly<Record<ErrorCode, Buffer>>
    /** An error whose text tells what is wrong. */
    readonly explained: (code: ErrorCode, problem: Problem) => Buffer
    /** An error with this text in place of the usual one, if there is one. */
    readonly refused: (code: ErrorCode, reason: string | undefined) => Buffer
    /** The answer to a login, with what it says beside the words. */
    readonly welcome: (username: string, fields: Fields) => Buffer
    readonly goodbye: (username: string) => Buffer
    /** The answer to a message, with what it says beside the words. */
    readonly acked: (fields: Fields) => Buffer
    /** Other answers that say that all is well. */
    readonly done: (fields: Fields) => Buffer
    /** The refusal of a message that came too early. */
    readonly rateLimited: (retryAfterMs: number) => Buffer
    /** The answer to `list`: the same buffer as long as the array is the same. */
    readonly list: (users: ReadonlyArray<string>) => Buffer
  }
>()("palabre/Replies") {
  static readonly layer = Layer.effect(
    Replies,
    Effect.map(Settings, ({ locale }) => {
      const text = texts[locale]
      const error = (code: ErrorCode, fields: Partial<Reply> = {}) =>
        encode({ status: "error", code, message: text.errors[code], ...fields })
      let lastUsers: ReadonlyArray<string> | undefined
      let lastList: Buffer = Buffer.alloc(0)
      const errors = Object.fromEntries(errorCodes.map((code) => [code, error(code)])) as Record<
        ErrorCode,
        Buffer
      >
      return Replies.of({
        sent: success({ message: text.sent }),
        pong: success({ message: "pong" }),
        errors,
        refusals: { ...errors, unavailable: error("unavailable", { retryAfterMs: unavailableMillis }) },
        refused: (code, reason) => (reason === undefined ? errors[code] : error(code, { message: reason })),
        explained: (code, problem) => error(code, { message: text.problem(problem) }),
        welcome: (username, fields) => success({ message: text.welcome(username), ...fields }),
        goodbye: (username) => success({ message: text.goodbye(username) }),
        acked: (fields) => {
          const { room, to } = fields
          if (to !== undefined) return success({ message: text.sentToUser(to), ...fields })
          return success({ message: room === undefined ? text.sent : text.sentToRoom(room), ...fields })
        },
        done: success,
        rateLimited: (retryAfterMs) => error("rate_limited", { retryAfterMs }),
        list: (users) => {
          if (users !== lastUsers) {
            lastUsers = users
            lastList = success({ users })
          }
          return lastList
        }
      })
    })
  )
}

/** Time after which a log that cannot be written may be tried again. */
const unavailableMillis = 1_000

/** Fields of a reply; those that are `undefined` are not there. */
export type Fields = { readonly [Field in keyof Reply]?: Reply[Field] | undefined }

const success = (fields: Fields): Buffer => encode({ status: "success", ...fields } as Reply)

/** The reply with the id of its request, if that had one (ID-1). */
export const withId = (reply: Buffer, id: Id | undefined): Buffer =>
  id === undefined ? reply : Buffer.concat(partsWithId(reply, id))

/** The same in parts, so that a long reply is not copied. */
export const partsWithId = (reply: Buffer, id: Id | undefined): ReadonlyArray<Buffer> =>
  id === undefined
    ? [reply]
    : [reply.subarray(0, -END_OF_OBJECT.length), Buffer.from(`,"id":${written(id)}}\n`)]

/** An id as JSON. JavaScript writes minus zero without its sign. */
const written = (id: Id): string => (Object.is(id, -0) ? "-0" : JSON.stringify(id))

const END_OF_OBJECT = "}\n"
