import * as Effect from "effect/Effect"
import type { Address } from "../../src/net/Address.ts"
import { readTrusted } from "../../src/net/Trust.ts"
import { shellWord } from "../Format.ts"

/** The use of TLS with a target: the certificates that are trusted, and the flags that say so again. */
export interface Trust {
  readonly tls: NonNullable<Address["tls"]>
  readonly arguments: string
}

/** Reads what the flags or the entry of a target say of TLS; fails where there is no certificate. */
export const trustOf = (
  tls: boolean,
  caFile: string | undefined
): Effect.Effect<Trust | undefined, { readonly problem: string }> =>
  caFile === undefined
    ? Effect.succeed(tls ? { tls: {}, arguments: " --tls" } : undefined)
    : readTrusted(caFile).pipe(
        Effect.map((ca) => ({ tls: { ca }, arguments: ` --ca ${shellWord(caFile)}` })),
        Effect.mapError((problem) => ({ problem }))
      )
