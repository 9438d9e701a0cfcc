import { readFileSync } from "node:fs"
import { createSecureContext } from "node:tls"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** A certificate chain and its private key, both PEM. */
export interface KeyPair {
  readonly cert: Buffer
  readonly key: Buffer
}

/** The certificate or its key cannot be used; `reason` says why. */
export class TlsFailed extends Schema.TaggedError<TlsFailed>()("TlsFailed", {
  certFile: Schema.String,
  keyFile: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `Cannot serve TLS with --tls-cert ${this.certFile || "(missing)"} and --tls-key ${this.keyFile || "(missing)"}: ${this.reason}.`
  }
}

/** Reads the two files, or nothing where none is named; they must exist and belong together. */
export const readKeyPair = (
  certFile: string,
  keyFile: string
): Effect.Effect<KeyPair | undefined, TlsFailed> =>
  Effect.suspend(() => {
    if (certFile === "" && keyFile === "") return Effect.undefined
    const fail = (reason: string) => Effect.fail(new TlsFailed({ certFile, keyFile, reason }))
    if (certFile === "" || keyFile === "") return fail("name both, or neither")
    try {
      const pair = { cert: readFileSync(certFile), key: readFileSync(keyFile) }
      createSecureContext(pair)
      return Effect.succeed(pair)
    } catch (error) {
      return fail((error as Error).message)
    }
  })
