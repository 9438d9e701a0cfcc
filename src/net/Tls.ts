import { readFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** A certificate chain and its private key, both PEM. */
export interface KeyPair {
  readonly cert: Buffer
  readonly key: Buffer
}

/** The certificate or its key cannot be used; `reason` says why. */
export class TlsFailed extends Schema.TaggedError<TlsFailed>()("TlsFailed", {
  certFile: Schema.UndefinedOr(Schema.String),
  keyFile: Schema.UndefinedOr(Schema.String),
  reason: Schema.String
}) {
  override get message(): string {
    return `Cannot serve TLS with --tls-cert ${this.certFile ?? "(missing)"} and --tls-key ${this.keyFile ?? "(missing)"}: ${this.reason}.`
  }
}

/** Reads the two files, which must exist and belong together; gives `undefined` if neither is named. */
export const readKeyPair = (
  certFile: string | undefined,
  keyFile: string | undefined
): Effect.Effect<KeyPair | undefined, TlsFailed> =>
  Effect.suspend(() => {
    if (certFile === undefined && keyFile === undefined) return Effect.undefined
    const fail = (reason: string) => Effect.fail(new TlsFailed({ certFile, keyFile, reason }))
    if (certFile === undefined || keyFile === undefined) return fail("give both, or neither")
    try {
      const pair = { cert: readFileSync(certFile), key: readFileSync(keyFile) }
      process.getBuiltinModule("node:tls").createSecureContext(pair)
      return Effect.succeed(pair)
    } catch (error) {
      return fail(reasonOf(error as NodeJS.ErrnoException))
    }
  })

/** A reason in plain words, as OpenSSL's own are for those who know it. */
const reasonOf = ({ code = "", message }: NodeJS.ErrnoException): string =>
  opensslReasons[code] ?? message.replace(/^error:[0-9A-F]+:[^:]*::/, "")

const opensslReasons: Readonly<Record<string, string>> = {
  ERR_OSSL_PEM_NO_START_LINE: "one of the files is not PEM",
  ERR_OSSL_PEM_BAD_BASE64_DECODE: "one of the files is damaged",
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: "the key does not belong to the certificate",
  ERR_OSSL_BAD_DECRYPT: "the key has a passphrase: remove it, as in openssl pkey -in KEY -out NEWKEY",
  ERR_OSSL_UNSUPPORTED: "the key is of an unsupported kind, or not a key"
}
