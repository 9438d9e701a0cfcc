import * as Effect from "effect/Effect"
import { formatAddress } from "../../src/net/Address.ts"
import { type Target, TargetFailed } from "../stage/Target.ts"
import { fresh } from "./Fresh.ts"
import type { Door } from "./Door.ts"
import { overWebSockets } from "./OverWebSockets.ts"
import type { Trust } from "./Trust.ts"

/** A server that runs already, and that other people may be using. */
export const connect = ({ host, port, webSocket }: Door, trust?: Trust): Target => {
  const address = webSocket ?? formatAddress({ host, port })
  const target: Target = {
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
  return webSocket === undefined ? target : overWebSockets(target, () => webSocket)
}
