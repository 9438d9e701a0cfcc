import { encode, type ErrorCode, errorCodes, type Feature, type Id } from "../Protocol.ts"
import { type Locale, texts } from "../settings/Locales.ts"

/** Everything the server answers, encoded: what does not vary once, the list once per change. */
export class Replies {
  readonly sent: Buffer
  readonly pong: Buffer
  readonly errors: Readonly<Record<ErrorCode, Buffer>>
  private readonly locale: Locale
  private lastUsers: ReadonlyArray<string> | undefined
  private lastList: Buffer = Buffer.alloc(0)

  constructor(locale: Locale) {
    const text = texts[locale]
    this.locale = locale
    this.sent = encode({ status: "success", message: text.sent })
    this.pong = encode({ status: "success", message: "pong" })
    this.errors = Object.fromEntries(
      errorCodes.map((code) => [code, encode({ status: "error", code, message: text.errors[code] })])
    ) as Record<ErrorCode, Buffer>
  }

  /** The answer to a login; it names the granted features where some were asked for. */
  welcome(username: string, granted: ReadonlyArray<Feature> | undefined): Buffer {
    const message = texts[this.locale].welcome(username)
    return encode(
      granted === undefined
        ? { status: "success", message }
        : { status: "success", message, features: granted }
    )
  }

  goodbye(username: string): Buffer {
    return encode({ status: "success", message: texts[this.locale].goodbye(username) })
  }

  /** The refusal of a message that came too soon. */
  rateLimited(retryAfterMs: number): Buffer {
    const code = "rate_limited"
    return encode({ status: "error", code, message: texts[this.locale].errors[code], retryAfterMs })
  }

  /** The answer to `list`: the same buffer as long as it is given the same array. */
  list(users: ReadonlyArray<string>): Buffer {
    if (users !== this.lastUsers) {
      this.lastUsers = users
      this.lastList = encode({ status: "success", users })
    }
    return this.lastList
  }
}

/** The reply with the id of its request, where that had one (ID-1). */
export const withId = (reply: Buffer, id: Id | undefined): Buffer =>
  id === undefined
    ? reply
    : Buffer.concat([reply.subarray(0, -END_OF_OBJECT.length), Buffer.from(`,"id":${JSON.stringify(id)}}\n`)])

const END_OF_OBJECT = "}\n"
