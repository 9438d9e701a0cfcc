import { spawnSync } from "node:child_process"
import { once } from "node:events"
import { readFileSync, writeFileSync } from "node:fs"
import type { IncomingMessage } from "node:http"
import { get } from "node:https"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { makeCertificate } from "../../attack/Certificate.ts"
import { freePort, host } from "../../process/Port.ts"
import { start } from "../../process/Process.ts"
import { accepting } from "../../process/Restartable.ts"
import type { Address } from "../../src/net/Address.ts"
import { temporaryFolder } from "../support/temporaryFolder.ts"
import { serving } from "../support/program.ts"
import { connectWeb, openWeb } from "../support/webClient.ts"

const origin = "https://chat.example.org"

/** Where a proxy listens, what is behind it, its certificate, and a folder of its own. */
interface Place {
  readonly port: number
  readonly behind: number
  readonly certFile: string
  readonly keyFile: string
  readonly folder: string
}

/** The file of deploy/ with these replaced; each of them must stand there. */
const deployed = (name: string, changes: ReadonlyArray<readonly [from: string, to: string]>): string =>
  changes.reduce(
    (text, [from, to]) => {
      assert.include(text, from)
      return text.replace(from, to)
    },
    readFileSync(join("deploy", name), "utf8")
  )

/** The settings of a proxy that are its user's own, around ours, and the command that starts it with them. */
const proxies: Readonly<Record<string, (place: Place) => readonly [settings: string, command: string]>> = {
  nginx: ({ behind, certFile, folder, keyFile, port }) => {
    const server = deployed("nginx.conf", [
      ["listen 443 ssl", `listen ${host}:${port} ssl`],
      ["/etc/ssl/chat.example.org.pem", certFile],
      ["/etc/ssl/chat.example.org.key", keyFile],
      ["127.0.0.1:8080;", `127.0.0.1:${behind};`]
    ])
    const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (what) => `${what}_temp_path ${folder}/${what};`
    )
    const http = `http { access_log off; ${paths.join(" ")}\n${server}}`
    const main = `daemon off; master_process off; pid ${folder}/pid; error_log stderr; events {}`
    return [`${main}\n${http}`, `nginx -p ${folder} -c`]
  },
  caddy: ({ behind, certFile, keyFile, port }) => {
    const site = deployed("Caddyfile", [
      ["chat.example.org {", `chat.example.org:${port} {\n\tbind ${host}\n\ttls ${certFile} ${keyFile}`],
      ["reverse_proxy 127.0.0.1:8080", `reverse_proxy 127.0.0.1:${behind}`]
    ])
    const own = "admin off\n\tauto_https disable_redirects\n\tservers {\n\t\tprotocols h1 h2\n\t}"
    return [`{\n\t${own}\n}\n${site}`, "caddy run --adapter caddyfile --config"]
  }
}

/** Debian puts some where not everybody looks. */
const PATH = `${process.env["PATH"]}:/usr/sbin`
const has = (name: string): boolean => spawnSync(name, ["-h"], { env: { PATH } }).error === undefined

/** A public server behind a proxy, and the proxy's address. */
const behind = Effect.fnUntraced(function* (name: string) {
  const { ca, certFile, keyFile } = yield* makeCertificate
  const [port, webPort, place] = [yield* freePort, yield* freePort, temporaryFolder()]
  const flags = `--profile public --web-port ${webPort} --web-origin ${origin} --trust-proxy ${host}`
  yield* Effect.promise(() => serving(...flags.split(" ")))
  const [settings, command] = proxies[name]!({ port, behind: webPort, certFile, keyFile, folder: place })
  writeFileSync(join(place, "settings"), settings)
  const env = { PATH, HOME: place, XDG_DATA_HOME: place, XDG_CONFIG_HOME: place }
  const proxy = yield* start({ command: [...command.split(" "), join(place, "settings")], env })
  yield* accepting(port)(proxy)
  return { host, port, tls: { ca } } satisfies Address
})

/** The way of a browser at an address of this machine to the page under its name. */
const browser = (localAddress: string) => ({
  localAddress,
  origin,
  headers: { host: "chat.example.org" },
  servername: "chat.example.org",
  checkServerIdentity: (() => undefined) as never // the certificate is for 127.0.0.1
})

for (const name of Object.keys(proxies)) {
  const isThere = has(name)
  if (!isThere) console.warn(`SKIPPED: there is no ${name}, so nobody came through it`)

  describe.skipIf(!isThere)(`Behind ${name}`, () => {
    it.live("twenty users talk, each counted as who they are", () =>
      Effect.gen(function* () {
        const address = yield* behind(name)
        const users = Array.from({ length: 20 }, (_, i) => ({ name: `user${i}`, at: `127.0.1.${i + 1}` }))
        const clients = yield* Effect.forEach(users, ({ at, name }) =>
          Effect.tap(connectWeb(address, browser(at)), (client) => client.login(name))
        )
        const [first, ...others] = clients
        assert.strictEqual((yield* first!.ask({ type: "message", content: "to all" })).status, "success")
        for (const other of others)
          assert.deepInclude(yield* other.next, { username: "user0", content: "to all" })
        yield* first!.sees(...users.map(({ name }) => name))
      })
    )

    it.live("the page is served, and a WebSocket opens for it alone", () =>
      Effect.gen(function* () {
        const address = yield* behind(name)
        const [page] = yield* Effect.promise(
          () =>
            once(get({ ...address, ca: address.tls.ca, ...browser("127.0.1.1") }), "response") as Promise<
              [IncomingMessage]
            >
        )
        page.resume()
        assert.strictEqual(page.statusCode, 200)
        assert.match(String(page.headers["content-type"]), /^text\/html/)
        const strange = { ...browser("127.0.1.1"), origin: "https://evil.example" }
        assert.deepInclude(yield* openWeb(address, strange), { status: 403 })
        const alice = yield* connectWeb(address, browser("127.0.1.1"))
        yield* alice.login("alice")
      })
    )

    it.live("one address has no more seats than it has without", () =>
      Effect.gen(function* () {
        const address = yield* behind(name)
        const same = browser("127.0.1.1")
        const seats = 16
        for (let n = 0; n < seats; n++) yield* connectWeb(address, same)
        assert.strictEqual((yield* (yield* connectWeb(address, same)).next).code, "too_many_connections")
        yield* Effect.flatMap(connectWeb(address, browser("127.0.1.2")), (other) => other.login("other"))
      })
    )
  })
}
