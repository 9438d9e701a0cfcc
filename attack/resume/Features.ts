import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { Failure } from "../../src/commands/Cli.ts"
import { type Address, formatAddress } from "../../src/net/Address.ts"
import { noServerCode } from "../Report.ts"
import { Line, type Received } from "./Line.ts"
import { features } from "./Login.ts"

/** Logs in and out, and fails unless there is a server that grants what a client needs to stay. */
export const checkFeatures = (address: Address): Effect.Effect<void, Failure> =>
  Effect.callback((resume) => {
    let reply: Received | undefined
    const where = formatAddress(address)
    const connected = () => {
      line.send({ type: "login", username: `who-stays${++checks}`, features })
      line.send({ type: "logout" })
    }
    const received = (object: Received | undefined) => (reply ??= object)
    const ended = () => {
      const granted: ReadonlyArray<unknown> = Array.isArray(reply?.features) ? reply.features : []
      const missing = features.filter((feature) => !granted.includes(feature))
      if (reply === undefined) resume(Effect.fail(new Failure(`no server at ${where}`, noServerCode)))
      else if (missing.length === 0) resume(Effect.void)
      else
        resume(
          Effect.fail(
            new Failure(`the server at ${where} does not offer ${missing.join(" and ")}`, noServerCode)
          )
        )
    }
    const line: Line = new Line(address, { connected, received, ended }, undefined)
    return Effect.sync(() => line.cut("reset"))
  })

/** The same, for a server that is about to begin. */
export const offersFeatures = (address: Address): Effect.Effect<void, Failure> =>
  Effect.retry(
    Effect.timeoutOrElse(checkFeatures(address), {
      duration: answerMillisMax,
      orElse: () => silent(address)
    }),
    {
      schedule: Schedule.spaced(lookMillis),
      times: startMillisMax / lookMillis
    }
  )

const silent = (address: Address) =>
  Effect.fail(new Failure(`the server at ${formatAddress(address)} does not answer`, noServerCode))

/** A name of its own for each: that of one whose answer was lost may be kept for a while. */
let checks = 0

const answerMillisMax = 3_000
const lookMillis = 50
const startMillisMax = 20_000
