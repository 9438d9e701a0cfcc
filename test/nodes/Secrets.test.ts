import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { nkeys } from "@nats-io/transport-node"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { makeCertificate } from "../../attack/Certificate.ts"
import { hasBrokers, startBrokers } from "../../process/Brokers.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"
import { type Finished, palabre, serve } from "../support/program.ts"

if (!hasBrokers) console.warn("SKIPPED: nats-server is not installed, so what lets servers in is not tested")

/** What a server says besides where the brokers here are those of Debian 12. */
const oldVersion = /^\S+ WARN {2}brokers before \S+ may lose whole streams [^\n]*\n/

/** Starts a broker that also needs this, and gives its address. */
const startWith = Effect.fnUntraced(function* (more: string) {
  const store = `jetstream { store_dir: "${temporaryFolder()}/x" }`
  const [broker] = yield* startBrokers(1, { more: `${store}\n${more}` })
  return `127.0.0.1:${broker!.port}`
})

/** Serves and ends in order with these flags, and is listed by `palabre nodes` meanwhile. */
const serves = Effect.fnUntraced(function* (store: string, ...flags: ReadonlyArray<string>) {
  const program = serve(["--store", store, "--node", "one", ...flags])
  yield* Effect.promise(program.listening)
  assert.match((yield* finished(palabre(["nodes", store, ...flags]))).out, /^one /m)
  program.child.kill("SIGTERM")
  const { code, err } = yield* finished(program)
  assert.deepStrictEqual([code, err.replace(oldVersion, "")], [0, ""])
})

const finished = (program: { readonly finished: () => Promise<Finished> }) => Effect.promise(program.finished)

/** A server and `palabre nodes` both end with this line. */
const isRefused = Effect.fnUntraced(function* (line: RegExp, store: string, ...flags: ReadonlyArray<string>) {
  for (const program of [serve(["--store", store, ...flags]), palabre(["nodes", store, ...flags])]) {
    const { code, err } = yield* finished(program)
    assert.match(err, line)
    assert.strictEqual(code, 3, err)
  }
})

describe.skipIf(!hasBrokers)("Brokers that do not let everybody in", () => {
  it.live("take the user and the password of whichever broker has them", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const broker = yield* startWith(`authorization { user: me, password: "s3cr/t@%" }`)
        yield* serves(`nats://me:s3cr%2Ft%40%25@${broker}`)
        yield* serves(`nats://${broker},me:s3cr%2Ft%40%25@${broker}`)
        yield* isRefused(
          /^palabre: nats:\S+ the brokers let nobody in like that: /,
          `nats://me:s3cr@${broker}`
        )
      })
    )
  )

  it.live("take credentials", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const [user, stranger] = [nkeys.createUser(), nkeys.createUser()]
        const path = temporaryFolder()
        const fileOf = (name: string, key: typeof user) => {
          const file = join(path, name)
          const seed = new TextDecoder().decode(key.getSeed())
          writeFileSync(
            file,
            `-----BEGIN NATS USER JWT-----\ne30\n------END NATS USER JWT------\n-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`
          )
          return file
        }
        const store = `nats://${yield* startWith(`authorization { users: [{ nkey: ${user.getPublicKey()} }] }`)}`
        yield* serves(store, "--nats-creds", fileOf("user.creds", user))
        yield* isRefused(/let nobody in like that/, store, "--nats-creds", fileOf("other", stranger))
        const nowhere = join(path, "nowhere")
        yield* isRefused(/^palabre: --nats-creds \S+nowhere: ENOENT/, store, "--nats-creds", nowhere)
      })
    )
  )

  it.live("speak TLS with a certificate that is to be trusted", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { certFile, keyFile } = yield* makeCertificate
        const broker = yield* startWith(`tls { cert_file: "${certFile}", key_file: "${keyFile}" }`)
        yield* serves(`tls://${broker}`, "--nats-tls-ca", certFile)
        const program = serve(["--store", `tls://${broker}`])
        yield* Effect.promise(() =>
          program.says(/trying again.*reason="the certificate of a broker is not trusted: see --nats-tls-ca/)
        )
        program.child.kill("SIGTERM")
        assert.strictEqual((yield* finished(program)).code, 0)
        const noCertificate = /^palabre: --nats-tls-ca \S+: there is no certificate in PEM$/m
        yield* isRefused(noCertificate, `tls://${broker}`, "--nats-tls-ca", keyFile)
      })
    )
  )
})
