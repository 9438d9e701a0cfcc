import { readFileSync } from "node:fs"
import * as Effect from "effect/Effect"

/** Reads a certificate (PEM) to trust; fails with a sentence that says why there is none. */
export const readTrusted = (file: string): Effect.Effect<Buffer, string> =>
  Effect.filterOrFail(
    Effect.try({ try: () => readFileSync(file), catch: () => `cannot read the certificate ${file}` }),
    holdsCertificate,
    () => `${file} holds no certificate in PEM`
  )

/** True of a PEM text with a certificate in it. */
export const holdsCertificate = (pem: Buffer): boolean => certificate.test(pem.toString("latin1"))

const certificate = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/
