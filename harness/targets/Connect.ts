import * as Effect from "effect/Effect"
import { answers } from "../../process/Port.ts"
import { type Address, formatAddress } from "../../src/net/Address.ts"
import { type Target, TargetFailed } from "../stage/Target.ts"
import { fresh } from "./Fresh.ts"
import { strangersAt, whyNotAlone } from "./Strangers.ts"
import type { Trust } from "./Trust.ts"

/** A server that runs already, and that other people may be using. */
export const connect = ({ host, port }: Address, trust?: Trust): Target => {
  let newcomers = 0
  const used = new Set<string>()
  const address = formatAddress({ host, port })
  const place: Address = { host, port, tls: trust?.tls }
  const newcomerName = () => `newcomer${process.pid}x${++newcomers}`
  return {
    ...fresh(),
    name: address,
    arguments: `--connect ${address}${trust?.arguments ?? ""}`,
    claims: new Set(),
    lacks: (need) =>
      need === "alone"
        ? whyNotAlone(place, newcomerName(), used)
        : Effect.succeed(`this target does not claim ${need}`),
    restarts: false,
    parallel: false,
    politely: true,
    newcomerName,
    mayStillHold: (username) => used.has(username),
    usedNames: (usernames) => {
      for (const username of usernames) used.add(username)
    },
    start: Effect.gen(function* () {
      if (!(yield* answers(port, host))) return yield* failed(`nobody accepts connections at ${address}`)
      return {
        ...place,
        strangers: new Set(yield* strangersAt(place, newcomerName(), used)),
        restart: Effect.fail(failed("a server that runs elsewhere cannot be restarted")),
        ended: () => undefined,
        lastLines: () => []
      }
    })
  }
}

const failed = (reason: string): TargetFailed => new TargetFailed({ reason, lastLines: [] })
