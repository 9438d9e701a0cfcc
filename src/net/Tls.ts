import { readFileSync } from "node:fs"
import { duplexPair } from "node:stream"
import type { SecureContext } from "node:tls"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { holdsCertificate } from "./Trust.ts"

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

/**
 * Reads the two files, and proves by a handshake that they can serve together; gives `undefined` if neither is named.
 */
export const readKeyPair = Effect.fnUntraced(function* (
  certFile: string | undefined,
  keyFile: string | undefined
): Effect.fn.Return<KeyPair | undefined, TlsFailed> {
  if (certFile === undefined && keyFile === undefined) return undefined
  const fail = (reason: string) => new TlsFailed({ certFile, keyFile, reason })
  if (certFile === undefined || keyFile === undefined) return yield* fail("give both, or neither")
  const attempt = <A>(work: () => A) =>
    Effect.try({ try: work, catch: (error) => fail(reasonOf(error as NodeJS.ErrnoException)) })
  const pair = yield* attempt(() => ({ cert: readFileSync(certFile), key: readFileSync(keyFile) }))
  if (!holdsCertificate(pair.cert)) return yield* fail(`${certFile} holds no certificate in PEM`)
  if (!privateKey.test(pair.key.toString("latin1")))
    return yield* fail(`${keyFile} holds no private key in PEM`)
  const context = yield* attempt(() => process.getBuiltinModule("node:tls").createSecureContext(pair))
  yield* Effect.mapError(shakeHands(context), (error) => fail(reasonOf(error)))
  return pair
})

const privateKey = /-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----/

/**
 * A handshake with oneself. OpenSSL compares a key and a certificate only where both are of the same kind: an RSA
 * certificate with an elliptic key loads, and fails those who connect.
 */
const shakeHands = (context: SecureContext): Effect.Effect<void, NodeJS.ErrnoException> =>
  Effect.callback((resume) => {
    const { connect, TLSSocket } = process.getBuiltinModule("node:tls")
    const [near, far] = duplexPair()
    const server = new TLSSocket(near, { isServer: true, secureContext: context })
    const client = connect({ socket: far, rejectUnauthorized: false }, () => end(Effect.void))
    const end = (result: Effect.Effect<void, NodeJS.ErrnoException>) => {
      for (const socket of [server, client]) socket.destroy()
      resume(result)
    }
    for (const socket of [server, client]) socket.on("error", (error) => end(Effect.fail(error)))
  })

/** A reason in plain words, as OpenSSL's own are for those who know it. */
const reasonOf = ({ code = "", message }: NodeJS.ErrnoException): string =>
  opensslReasons[code] ?? message.replace(/^error:[0-9A-F]+:[^:]*::/, "")

const strangers = "the key does not belong to the certificate"

const opensslReasons: Readonly<Record<string, string>> = {
  ERR_OSSL_PEM_NO_START_LINE: "one of the files is not PEM",
  ERR_OSSL_PEM_BAD_BASE64_DECODE: "one of the files is damaged",
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: strangers,
  ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM: strangers,
  ERR_OSSL_BAD_DECRYPT: "the key has a passphrase: remove it, as in openssl pkey -in KEY -out NEWKEY",
  ERR_OSSL_UNSUPPORTED: "the key is of an unsupported kind, or not a key"
}
