import * as Effect from "effect/Effect"
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
    start: Effect.succeed({
      host,
      port,
      tls: trust?.tls,
      restart: Effect.fail(
        new TargetFailed({ reason: "a server that runs elsewhere cannot be restarted", lastLines: [] })
      ),
      ended: () => undefined,
      lastLines: () => []
    })
  }
}
