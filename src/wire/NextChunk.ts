import type { Readable } from "node:stream"
import * as Effect from "effect/Effect"

/** Why a stream of bytes gives no more: it came to its end, or it broke off. */
export type StreamEnd = "ended" | "broken"

/** The next bytes of a stream; nothing is read ahead, so that a fast writer is held back. */
export const nextChunk = (stream: Readable): Effect.Effect<Buffer, StreamEnd> =>
  Effect.callback((resume) => {
    const ignoreAll = () => {
      for (const event of wakers) stream.off(event, attempt)
    }
    const attempt = () => {
      const chunk = stream.read() as Buffer | null
      if (chunk === null && !stream.readableEnded && !stream.destroyed) return
      ignoreAll()
      resume(chunk === null ? ends[stream.readableEnded ? "ended" : "broken"] : Effect.succeed(chunk))
    }
    for (const event of wakers) stream.on(event, attempt)
    attempt()
    return Effect.sync(ignoreAll)
  })

const wakers = ["readable", "end", "error", "close"] as const

const ends: Readonly<Record<StreamEnd, Effect.Effect<never, StreamEnd>>> = {
  ended: Effect.fail("ended"),
  broken: Effect.fail("broken")
}
