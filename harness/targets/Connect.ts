import * as Effect from "effect/Effect"
import { answers } from "../../process/Port.ts"
import { type Address, formatAddress } from "../../src/net/Address.ts"
import { type Target, TargetFailed } from "../stage/Target.ts"
import { fresh } from "./Fresh.ts"
import type { Trust } from "./Trust.ts"

/** A server that runs already, and that other people may be using. */
export const connect = ({ host, port }: Address, trust?: Trust): Target => {
  const address = formatAddress({ host, port })
  return {
    ...fresh(),
    name: address,
    arguments: `--connect ${address}${trust?.arguments ?? ""}`,
    restarts: false,
    parallel: false,
    livesOn: true,
    start: Effect.gen(function* () {
      if (!(yield* answers(port, host))) return yield* failed(`nobody accepts connections at ${address}`)
      return {
        host,
        port,
        tls: trust?.tls,
        restart: Effect.fail(failed("a server that runs elsewhere cannot be restarted")),
        ended: () => undefined,
        lastLines: () => []
      }
    })
  }
}

const failed = (reason: string): TargetFailed => new TargetFailed({ reason, lastLines: [] })
