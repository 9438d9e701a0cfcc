import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { generate } from "selfsigned"
import { temporaryFolder } from "../process/Folder.ts"

/** A certificate for 127.0.0.1 that nobody else trusts, and the files that a server reads it from. */
export interface Certificate {
  readonly ca: Buffer
  readonly certFile: string
  readonly keyFile: string
}

/** A new one; its files are gone when the scope closes. */
export const makeCertificate = Effect.gen(function* () {
  const folder = yield* temporaryFolder("certificate")
  const [certFile, keyFile] = [join(folder, "cert.pem"), join(folder, "key.pem")]
  const pair = yield* Effect.promise(() =>
    generate([{ name: "commonName", value: "localhost" }], {
      keyType: "ec", // its handshakes cost both sides less
      extensions: [{ name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] }]
    })
  )
  yield* Effect.promise(() => writeFile(certFile, pair.cert))
  yield* Effect.promise(() => writeFile(keyFile, pair.private))
  return { ca: Buffer.from(pair.cert), certFile, keyFile }
})
