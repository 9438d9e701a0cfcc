import type { Profile } from "./Setting.ts"
import type { Values } from "./Settings.ts"
import { brokersOf } from "./Store.ts"

/** What is to be said of settings that a server can run with, though hardly anybody means them so. */
export const warningsOf = (settings: Values, profile: Profile): ReadonlyArray<string> =>
  warnings.filter(({ isDue }) => isDue(settings, profile)).map(({ text }) => text)

const warnings: ReadonlyArray<{
  readonly isDue: (settings: Values, profile: Profile) => boolean
  readonly text: string
}> = [
  {
    isDue: ({ frameBytesMax, outboxBytesMax }) => outboxBytesMax < 2 * frameBytesMax,
    text:
      "--max-outbox is less than twice --max-frame: one long message may end clients that read. " +
      "Raise it, or lower --max-frame."
  },
  {
    isDue: (settings) =>
      settings.store !== undefined &&
      brokersOf(settings.store) === undefined &&
      settings.storeBytesMax < 4 * settings.checkpointBytes + 2 * settings.historyBytesMax,
    text:
      "--store-max is less than four times --store-checkpoint and twice --history-bytes: once that much is kept, " +
      "nothing more can be said. Raise it, or lower the others."
  },
  {
    isDue: ({ tlsCertFile }, profile) => profile === "public" && tlsCertFile === undefined,
    text:
      "Serving the open network without TLS: anyone on the way can read and change what is said. " +
      "Give --tls-cert and --tls-key, or put a TLS proxy in front."
  }
]
