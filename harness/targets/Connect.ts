import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { formatAddress } from "../../src/net/Address.ts"
import { type Node, type Target, TargetFailed } from "../stage/Target.ts"
import { fresh } from "./Fresh.ts"
import type { Door } from "./Door.ts"
import { wayTo } from "./OverWebSockets.ts"
import type { Trust } from "./Trust.ts"

/** A server that runs already, and that other people may be using; several doors lead to several nodes of it. */
export const connect = (doors: NonEmptyReadonlyArray<Door>, trust?: Trust): Target => {
  const name = doors.map(nameOf).join(",")
  return {
    ...fresh(),
    name,
    arguments: `--connect ${name}${trust?.arguments ?? ""}`,
    restarts: false,
    parallel: false,
    livesOn: true,
    endsWhole: doors.some(({ webSocket }) => webSocket !== undefined),
    start: Effect.map(
      Effect.forEach(doors, (door) => nodeBehind(door, trust)),
      (nodes) => ({
        ...nodes[0],
        ...(nodes.length > 1 && { nodes }),
        restart: Effect.fail(
          new TargetFailed({ reason: "a server that runs elsewhere cannot be restarted", lastLines: [] })
        ),
        ended: () => undefined,
        lastLines: () => []
      })
    )
  }
}

const nameOf = ({ host, port, webSocket }: Door): string => webSocket ?? formatAddress({ host, port })

/** The node that a door leads to, as clients that speak TCP reach it. */
const nodeBehind = (door: Door, trust?: Trust): Effect.Effect<Node, TargetFailed, Scope.Scope> => {
  const { host, port, webSocket } = door
  const name = nameOf(door)
  return webSocket === undefined
    ? Effect.succeed({ name, host, port, tls: trust?.tls })
    : Effect.map(wayTo(webSocket, trust?.tls.ca), (way) => ({ name, host: way.host, port: way.port }))
}
