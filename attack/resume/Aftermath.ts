import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { Line, type Received } from "./Line.ts"
import { features } from "./Login.ts"
import type { Member } from "./Member.ts"
import type { Run } from "./Run.ts"

/** Comes with the tokens of sessions that were logged out: they are worth nothing any more, and no letter comes. */
export const checkTokens = (run: Run, members: ReadonlyArray<Member>): Effect.Effect<void> =>
  Effect.forEach(members.slice(0, tokensTried), (member) => tryToken(run, member), {
    concurrency: "unbounded",
    discard: true
  })

const tryToken = (
  { addresses, book, onProgress }: Run,
  { author, epoch, name, token }: Member
): Effect.Effect<void> =>
  Effect.callback<boolean>((resume) => {
    if (token === undefined) return resume(Effect.succeed(true))
    const replies: Array<Received> = []
    const login = { type: "login", username: name, features, session: token, epoch, seen: { "@": 0 } }
    const received = (object: Received | undefined, text: string) => {
      if (object?.room === "@" && object.type === "message")
        book.find("DM-4", author, `its inbox outlived it: ${text}`)
      if (object?.status !== undefined) replies.push(object)
      if (object?.code === "unavailable") line.cut("close")
    }
    const connected = () => {
      line.send(login)
      line.send({ type: "logout" })
    }
    const ended = () => {
      const [reply] = replies
      if (reply?.code === "unavailable") return resume(Effect.succeed(false))
      if (reply?.status !== "success" || reply.resumed !== false)
        book.find("RESUME-6", author, `its token was worth ${JSON.stringify(reply)} after its logout`)
      onProgress()
      resume(Effect.succeed(true))
    }
    const line = new Line(addresses[0]!, { connected, received, ended }, undefined)
    return Effect.sync(() => line.cut("reset"))
  }).pipe(
    Effect.repeat({ until: (isAnswered) => isAnswered, schedule: Schedule.spaced(lookMillis) }),
    Effect.asVoid
  )

const tokensTried = 5
const lookMillis = 200
