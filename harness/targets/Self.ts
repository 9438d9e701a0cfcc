import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { features } from "../../src/Protocol.ts"
import { type Target, TargetFailed } from "../stage/Target.ts"
import { fresh } from "./Fresh.ts"

/** Our own server in this process, over real TCP on the loopback interface. */
export const self = (): Target => ({
  ...fresh(),
  name: "self",
  arguments: "",
  claims: new Set(features),
  restarts: true,
  start: Effect.gen(function* () {
    const scope = yield* Effect.scope
    let current = yield* Scope.fork(scope)
    const { port } = yield* Effect.provideService(listen(0), Scope.Scope, current)
    return {
      host: "127.0.0.1",
      port,
      restart: Effect.gen(function* () {
        yield* Scope.close(current, Exit.void)
        current = yield* Scope.fork(scope)
        yield* Effect.provideService(listen(port), Scope.Scope, current)
      }),
      ended: () => undefined,
      lastLines: () => []
    }
  })
})

/** The server is loaded only where it is wanted: other targets do not need it. */
const listen = Effect.fnUntraced(function* (port: number) {
  const { layer, Server } = yield* Effect.promise(() => import("../../src/index.ts"))
  const context = yield* Effect.mapError(
    Layer.build(layer({ hosts: ["127.0.0.1"], port, logLevel: "error" })),
    (error) => new TargetFailed({ reason: String(error.message), lastLines: [] })
  )
  return Context.get(context, Server).addresses[0]!
})
