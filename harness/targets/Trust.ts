import { readFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import type { Address } from "../../src/net/Address.ts"
import { shellWord } from "../Format.ts"

/** The use of TLS with a target: the certificates that are trusted, and the flags that say so again. */
export interface Trust {
  readonly tls: NonNullable<Address["tls"]>
  readonly arguments: string
}

/** Reads what the flags or the entry of a target say of TLS; fails with the path of a certificate that cannot be read. */
export const trustOf = (
  tls: boolean,
  caFile: string | undefined
): Effect.Effect<Trust | undefined, { readonly unreadable: string }> => {
  if (caFile === undefined) return Effect.succeed(tls ? { tls: {}, arguments: " --tls" } : undefined)
  return Effect.try({
    try: () => ({ tls: { ca: readFileSync(caFile) }, arguments: ` --ca ${shellWord(caFile)}` }),
    catch: () => ({ unreadable: caFile })
  })
}
