import { readFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import type { Address } from "../../src/net/Address.ts"
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
): Effect.Effect<Trust | undefined, { readonly problem: string }> => {
  if (caFile === undefined) return Effect.succeed(tls ? { tls: {}, arguments: " --tls" } : undefined)
  return Effect.suspend(() => {
    const ca = contentOf(caFile)
    if (ca === undefined) return Effect.fail({ problem: `cannot read the certificate ${caFile}` })
    if (!/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/.test(ca.toString("latin1")))
      return Effect.fail({ problem: `${caFile} holds no certificate in PEM` })
    return Effect.succeed({ tls: { ca }, arguments: ` --ca ${shellWord(caFile)}` })
  })
}

const contentOf = (file: string): Buffer | undefined => {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}
