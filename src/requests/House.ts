import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Embedder } from "../embedding/Embedder.ts"
import { Hub } from "../hub/Hub.ts"
import type { BucketRule } from "../net/TokenBucket.ts"
import { features } from "../Protocol.ts"
import { Registry } from "../Registry.ts"
import { Replica } from "../replica/Replica.ts"
import { Settings } from "../settings/Settings.ts"
import { ConnectionLog } from "../telemetry/ConnectionLog.ts"
import { Counters } from "../telemetry/Counters.ts"
import { House } from "./Conversation.ts"
import { endAll, happened } from "./News.ts"
import { Replies } from "./Replies.ts"
import { makeSessions } from "./Sessions.ts"

/** The one house of a server, which is told what happens on other nodes. */
export const houseLayer = Layer.effect(
  House,
  Effect.gen(function* () {
    const settings = yield* Settings
    const replica = yield* Replica
    const house: House = {
      counters: yield* Counters,
      embedder: yield* Embedder,
      hub: yield* Hub,
      log: yield* ConnectionLog,
      registry: yield* Registry,
      replica,
      replies: yield* Replies,
      sessions: yield* makeSessions,
      settings,
      offered: settings.historyMax === undefined ? features.filter((each) => each !== "history") : features,
      messageRule: ruleOf(settings.messageRate, settings.messageBurst),
      trafficRule: ruleOf(settings.trafficRate, settings.trafficBurst),
      clients: new Map()
    }
    replica.observe({
      happened: (happening) => happened(house, happening),
      together: house.hub.together,
      ready: house.hub.untilNotFull,
      ended: (code) => endAll(house, code)
    })
    return house
  })
)

const ruleOf = (perSecond: number | undefined, burst: number): BucketRule | undefined =>
  perSecond === undefined ? undefined : { burst, perMillis: perSecond / 1_000 }
