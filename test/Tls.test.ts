import { execFile } from "node:child_process"
import { createPrivateKey } from "node:crypto"
import dns from "node:dns"
import { once } from "node:events"
import { readFile, writeFile } from "node:fs/promises"
import type { AddressInfo, Socket } from "node:net"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { connect as connectTls, createServer as createTlsServer, type TLSSocket } from "node:tls"
import { promisify } from "node:util"
import { assert, beforeAll, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { generate } from "selfsigned"
import { openSocket } from "../src/net/OpenSocket.ts"
import { Server } from "../src/Server.ts"
import type { Values } from "../src/settings/Settings.ts"
import { palabre, serve } from "./support/program.ts"
import { server } from "./support/server.ts"
import { temporaryFolder } from "./support/temporaryFolder.ts"
import { dial } from "./support/dial.ts"

const PING = '{"type":"ping"}\n'
const PONG = '{"status":"success","message":"pong"}\n'

const folder = temporaryFolder()
const pair = { tlsCertFile: join(folder, "cert.pem"), tlsKeyFile: join(folder, "key.pem") }

/** A new self-signed pair. */
const makePair = (keyType: "rsa" | "ec" = "rsa") =>
  generate([{ name: "commonName", value: "localhost" }], {
    keyType,
    keySize: 2048,
    extensions: [
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: "localhost" },
          { type: 7, ip: "127.0.0.1" }
        ]
      }
    ]
  })

/** Writes a new pair in the place of the one before. */
const writePair = async (): Promise<void> => {
  const { cert, private: key } = await makePair()
  await writeFile(pair.tlsCertFile, cert)
  await writeFile(pair.tlsKeyFile, key)
}

beforeAll(writePair)

/** A TLS server that the test ends, as promises: `port`, `renew`, `end`. */
const serving = async (settings: Partial<Values> = {}) => {
  const scope = await Effect.runPromise(Scope.make())
  const context = await Effect.runPromise(Layer.buildWithScope(server({ ...pair, ...settings }), scope))
  const { addresses, renewCertificate } = await Effect.runPromise(Effect.provide(Server, context))
  return {
    port: addresses[0]!.port,
    renew: () => Effect.runPromise(renewCertificate),
    end: () => Effect.runPromise(Scope.close(scope, Exit.void))
  }
}

const secure = async (port: number): Promise<TLSSocket> => {
  const options = { port, host: "127.0.0.1", rejectUnauthorized: false, allowHalfOpen: true }
  const socket = connectTls(options)
  socket.on("error", () => {})
  await once(socket, "secureConnect")
  return socket
}

const ask = async (socket: Socket, request: string): Promise<string> => {
  socket.write(request)
  const [answer] = (await once(socket, "data")) as [Buffer]
  return answer.toString()
}

/** What the harness says, as a process of its own. */
const harness = (flags: ReadonlyArray<string>) =>
  promisify(execFile)(process.execPath, ["harness/main.ts", ...flags]).catch(
    (error: unknown) => error as { readonly stderr: string }
  )

/** What client and harness say of a server on this port. */
const told = async (port: number, flags: ReadonlyArray<string>) => {
  const address = `127.0.0.1:${port}`
  const client = palabre(["client", address, "--username", "zoé", ...flags], { input: "/list\n" })
  const scenario = harness(["scenario", "scenarios/login.yaml", "--connect", address, ...flags])
  return [(await client.finished()).err, (await scenario).stderr]
}

describe("TLS", () => {
  it("LOGIN-1, LEAVE-5: the protocol is the same over TLS, half-close included", async () => {
    const { end, port } = await serving()
    const socket = await secure(port)
    socket.end('{"type":"login","username":"zoé"}{"type":"list"}')
    assert.strictEqual(
      await text(socket),
      '{"status":"success","message":"Bienvenue, zoé"}\n{"status":"success","users":["zoé"]}\n'
    )
    await end()
  })

  it("END-1: at shutdown TLS clients are told, and a handshake that is silent does not hold it up", async () => {
    const { end, port } = await serving({ lingerMillisMax: 3_600_000, drainMillisMax: 3_600_000 })
    const silent = dial(port)
    await once(silent, "connect")
    const socket = await secure(port)
    assert.strictEqual(await ask(socket, PING), PONG)
    const said = text(socket)
    socket.once("end", () => socket.end())
    const closed = once(silent, "close")
    await end()
    assert.match(await said, /shutting_down/)
    await closed
  })

  it("FRAME-8: plain bytes on the TLS port and TLS on the plain port end cleanly and hurt nobody", async () => {
    const { end, port } = await serving()
    const member = await secure(port)
    for (const bytes of [PING, "GET / HTTP/1.1\r\n\r\n", "hello, is anybody there?"]) {
      const plain = dial(port)
      plain.write(bytes)
      const { code, status } = JSON.parse(await text(plain))
      assert.deepStrictEqual([status, code], ["error", "tls_required"])
    }
    assert.strictEqual(await ask(member, PING), PONG)
    await end()

    const other = await serving({ tlsCertFile: undefined, tlsKeyFile: undefined })
    const wrong = connectTls({ port: other.port, host: "127.0.0.1", rejectUnauthorized: false })
    const [error] = (await once(wrong, "error")) as [NodeJS.ErrnoException]
    assert.match(String(error.code), /SSL/)
    await other.end()
  })

  it("a seat is taken by the TCP connection, before the handshake", async () => {
    const { end, port } = await serving({ clientsMax: 1 })
    const silent = dial(port)
    await once(silent, "connect")
    const late = await secure(port)
    assert.match(await text(late), /server_full/)
    silent.destroy()
    await end()
  })

  it("a handshake that fails or takes too long gives its seat back", async () => {
    const { end, port } = await serving({ clientsMax: 2, loginMillisMax: 3_000 })
    const silent = dial(port)
    const gone = dial({ port, allowHalfOpen: true })
    for (const socket of [silent, gone]) socket.resume()
    gone.end("\x16\x03\x01\x02\x00\x01") // half a hello, then FIN
    await Promise.all([once(silent, "close"), once(gone, "close")])
    const [one, two] = [await secure(port), await secure(port)]
    for (const socket of [one, two]) assert.strictEqual(await ask(socket, PING), PONG)
    for (const socket of [one, two]) socket.destroy()
    await end()
  })

  it("newcomers without a seat do not pile up in their handshakes", async () => {
    const { end, port } = await serving({ clientsMax: 1 })
    const silent = Array.from({ length: 40 }, () => dial(port))
    const resets = silent.map(
      (socket) =>
        new Promise<boolean>((resolve) => {
          socket.on("error", () => resolve(true)).on("end", () => resolve(false))
        })
    )
    let count = 0
    await new Promise<void>((resolve) => {
      for (const reset of resets)
        void reset.then(() => {
          count++
          if (count === 23) resolve() // one has a seat, 16 may wait to be told that there is none
        })
    })
    for (const socket of silent) socket.destroy()
    await end()
  })

  it("a renewed certificate is for new connections; those that are connected notice nothing", async () => {
    const { end, port, renew } = await serving()
    const before = await secure(port)
    await writePair()
    await renew()
    const after = await secure(port)
    assert.notStrictEqual(after.getPeerCertificate().fingerprint, before.getPeerCertificate().fingerprint)
    for (const socket of [before, after]) assert.strictEqual(await ask(socket, PING), PONG)
    for (const socket of [before, after]) socket.destroy()
    await end()
  })

  it("a certificate that cannot be used is one clear error; half a pair too", async () => {
    const lockedKeyFile = join(folder, "locked.pem")
    const key = createPrivateKey(await readFile(pair.tlsKeyFile))
    const lock = { format: "pem", type: "pkcs8", cipher: "aes-128-cbc", passphrase: "secret" } as const
    await writeFile(lockedKeyFile, key.export(lock))
    for (const [files, reason] of [
      [{ tlsKeyFile: "/nowhere/key.pem" }, /ENOENT/],
      [{ tlsKeyFile: undefined }, /give both, or neither/],
      [{ tlsKeyFile: pair.tlsCertFile }, /cert\.pem holds no private key in PEM/],
      [
        { tlsCertFile: pair.tlsKeyFile, tlsKeyFile: pair.tlsCertFile },
        /key\.pem holds no certificate in PEM/
      ],
      [{ tlsKeyFile: lockedKeyFile }, /the key has a passphrase: remove it, as in openssl pkey/]
    ] as const) {
      const failure = await Effect.runPromise(
        Effect.flip(Effect.scoped(Layer.build(server({ ...pair, ...files }))))
      )
      assert.match(failure.message, /^Cannot serve TLS with --tls-cert .*--tls-key .*: .+\.$/)
      assert.match(failure.message, reason)
    }
  })

  it("a key of another certificate is refused, of whatever kinds the two are", async () => {
    const kinds = ["rsa", "ec"] as const
    const files = { tlsCertFile: join(folder, "other-cert.pem"), tlsKeyFile: join(folder, "other-key.pem") }
    for (const [ofCert, ofKey] of kinds.flatMap((one) => kinds.map((other) => [one, other] as const))) {
      await writeFile(files.tlsCertFile, (await makePair(ofCert)).cert)
      await writeFile(files.tlsKeyFile, (await makePair(ofKey)).private)
      const failure = await Effect.runPromise(Effect.flip(Effect.scoped(Layer.build(server(files)))))
      assert.match(failure.message, /: the key does not belong to the certificate\.$/)
    }
    const { cert, private: key } = await makePair("ec")
    await writeFile(files.tlsCertFile, cert)
    await writeFile(files.tlsKeyFile, key)
    const { end, port } = await serving(files)
    assert.strictEqual(await ask((await secure(port)).unref(), PING), PONG)
    await end()
  })

  it("the client speaks TLS with a certificate it is told to trust, and says why it cannot", async () => {
    const { end, port } = await serving()
    const run = (flags: ReadonlyArray<string>) =>
      palabre(["client", `127.0.0.1:${port}`, "--username", "zoé", ...flags], {
        input: "/list\n"
      }).finished()
    const trusted = await run(["--ca", pair.tlsCertFile])
    assert.match(trusted.out, /zoé/)
    assert.strictEqual(trusted.code, 0)
    const untrusted = await run(["--tls"])
    assert.match(untrusted.err, /the system does not trust its certificate.*--ca/)
    assert.strictEqual(untrusted.code, 3)
    await writeFile(join(folder, "empty.pem"), "")
    for (const [file, problem] of [
      ["nowhere.pem", /--ca: ".*nowhere\.pem"\..* \(cannot read the certificate .*nowhere\.pem\)/],
      [join(folder, "empty.pem"), /--ca: .* \(.*empty\.pem holds no certificate in PEM\)/]
    ] as const) {
      const useless = await run(["--ca", file])
      assert.match(useless.err, problem)
      assert.strictEqual(useless.code, 2)
    }
    await end()
  })

  const speaks =
    /^(palabre|harness): this server speaks TLS: give --tls, or its certificate with --ca FILE\n$/

  it("client and harness say alike that a server speaks TLS", async () => {
    const { end, port } = await serving()
    for (const said of await told(port, [])) assert.match(said, speaks)
    await end()
  })

  it("the harness says so in French, too", async () => {
    const { end, port } = await serving()
    const address = `127.0.0.1:${port}`
    const { stderr } = await harness([
      "scenario",
      "scenarios/login.yaml",
      "--connect",
      address,
      "--locale",
      "fr"
    ])
    assert.match(stderr, /ce serveur parle TLS\s: donnez --tls, ou son certificat avec --ca FICHIER\n$/)
    await end()
  })

  it("client and harness say alike that another program speaks TLS, which sends an alert", async () => {
    const foreign = createTlsServer({
      cert: await readFile(pair.tlsCertFile),
      key: await readFile(pair.tlsKeyFile)
    })
    const alerted = new Map<number | undefined, Socket>()
    foreign.on("connection", (socket: Socket) => alerted.set(socket.remotePort, socket))
    foreign.on("tlsClientError", (_, { remotePort }) => {
      alerted.get(remotePort)?.end(Buffer.from([0x15, 3, 3, 0, 2, 2, 10])) // unexpected message
    })
    await once(foreign.listen(0, "127.0.0.1"), "listening")
    for (const said of await told((foreign.address() as AddressInfo).port, [])) assert.match(said, speaks)
    foreign.close()
  })

  it("client and harness say alike that a server does not speak TLS", async () => {
    const { end, port } = await serving({ tlsCertFile: undefined, tlsKeyFile: undefined })
    for (const said of await told(port, ["--tls"]))
      assert.match(said, /: this server does not speak TLS: leave out --tls and --ca\n$/)
    await end()
  })

  it("the client goes on to the next address of a name, and takes no certificate of another name", async () => {
    const { end, port } = await serving()
    const ca = await readFile(pair.tlsCertFile)
    const spy = vi.spyOn(dns, "lookup").mockImplementation(((_: string, __: object, answer: Function) =>
      answer(null, [
        { address: "::1", family: 6 }, // nobody listens there
        { address: "127.0.0.1", family: 4 }
      ])) as never)
    const reach = (host: string) =>
      new Promise<string>((resolve) => {
        const ready = (socket: Socket) => {
          socket.destroy()
          resolve("ready")
        }
        const address = { host, port, tls: { ca } }
        openSocket(address, {}, ready).once("error", ({ code }: NodeJS.ErrnoException) =>
          resolve(String(code))
        )
      })
    assert.strictEqual(await reach("localhost"), "ready")
    assert.strictEqual(await reach("127.0.0.1"), "ready")
    assert.strictEqual(await reach("chat.example"), "ERR_TLS_CERT_ALTNAME_INVALID")
    spy.mockRestore()
    await end()
  })

  it("SIGHUP renews, and when the new pair is broken the old one stays", async () => {
    const tls = ["--tls-cert", pair.tlsCertFile, "--tls-key", pair.tlsKeyFile]
    const { child, finished, listening, says } = serve(["--profile", "public", ...tls])
    const port = await listening()
    await writePair()
    child.kill("SIGHUP")
    await says(/certificate renewed/)
    for (const [bad, reason] of [
      ["no key", /no private key in PEM/],
      [(await makePair("ec")).private, /does not belong/]
    ] as const) {
      await writeFile(pair.tlsKeyFile, bad)
      child.kill("SIGHUP")
      await says(new RegExp(`${reason.source}.* old certificate stays`))
      const socket = await secure(port)
      assert.strictEqual(await ask(socket, PING), PONG)
      socket.destroy()
    }
    child.kill("SIGTERM")
    assert.strictEqual((await finished()).code, 0)
    await writePair()
  })
})
