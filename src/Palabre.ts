import * as Layer from "effect/Layer"
import { Drain } from "./Drain.ts"
import { Hub } from "./Hub.ts"
import type { ListenFailed } from "./Listener.ts"
import { Registry } from "./Registry.ts"
import { Server } from "./Server.ts"
import { Settings, type Values } from "./Settings.ts"
import { Sweeper } from "./Sweeper.ts"
import type { TlsFailed } from "./Tls.ts"

/**
 * A whole server, for embedding: it listens as long as the layer's scope is open and drains when that closes.
 * Settings that are not given have their defaults; `{ hosts: ["127.0.0.1"], port: 0 }` takes a free port, which
 * `Server.addresses` tells.
 */
export const layer = (settings: Partial<Values> = {}): Layer.Layer<Server, ListenFailed | TlsFailed> =>
  Server.layer.pipe(
    Layer.provide(Drain.layer),
    Layer.provide([Hub.layer, Registry.layer, Sweeper.layer]),
    Layer.provide(Settings.layer(settings)),
    Layer.fresh // two servers in one program share nothing
  )

export { Server } from "./Server.ts"
