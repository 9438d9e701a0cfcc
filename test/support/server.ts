import type * as Layer from "effect/Layer"
import type { LogError } from "../../src/log/LogError.ts"
import type { ListenFailed } from "../../src/net/Listener.ts"
import { layer } from "../../src/layer.ts"
import type { Server } from "../../src/Server.ts"
import type { SettingsInvalid } from "../../src/settings/Check.ts"
import type { Values } from "../../src/settings/Settings.ts"
import type { TooFewFiles } from "../../src/net/OpenFiles.ts"
import type { TlsFailed } from "../../src/net/Tls.ts"

/** A real server on a free port of loopback, which logs errors alone. */
export const server = (
  settings: Partial<Values> = {}
): Layer.Layer<Server, ListenFailed | LogError | SettingsInvalid | TlsFailed | TooFewFiles> =>
  layer({ hosts: ["127.0.0.1"], port: 0, logLevel: "error", ...settings })
