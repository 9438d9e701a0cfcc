import { createHash } from "node:crypto"
import { gunzipSync } from "node:zlib"
import { request } from "node:http"
import { assert, describe, it } from "@effect/vitest"
import { Chatroom } from "../page/page.ts"

/** The most that a visit may cost. */
const packedBytesMax = 60_000

interface Answer {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  readonly body: Buffer
}

const get = (port: number, headers: Readonly<Record<string, string>> = {}, method = "GET", path = "/") =>
  new Promise<Answer>((resolve, reject) => {
    request({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      const chunks: Array<Buffer> = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.on("end", () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) })
      )
    })
      .on("error", reject)
      .end()
  })

describe("The page over HTTP", () => {
  it("is small, the same packed or not, and sent once", async () => {
    await using room = await Chatroom.open()
    const { port } = room.web
    const plain = await get(port)
    const packed = await get(port, { "Accept-Encoding": "deflate, gzip;q=0.5" })
    assert.deepStrictEqual([plain.status, packed.status], [200, 200])
    assert.strictEqual(packed.headers["content-encoding"], "gzip")
    assert.isBelow(packed.body.length, packedBytesMax)
    assert.deepStrictEqual(gunzipSync(packed.body), plain.body)
    const unwanted = await get(port, { "Accept-Encoding": "gzip;q=0" })
    assert.deepStrictEqual([unwanted.headers["content-encoding"], unwanted.body], [undefined, plain.body])
    const tag = String(plain.headers["etag"])
    const known = await get(port, { "If-None-Match": `"other", W/${tag}` })
    assert.deepStrictEqual([known.status, known.body.length, known.headers["etag"]], [304, 0, tag])
    const head = await get(port, {}, "HEAD", "/?from=somewhere")
    assert.deepStrictEqual([head.status, head.body.length], [200, 0])
    assert.strictEqual((await get(port, {}, "POST")).status, 404)
    assert.strictEqual((await get(port, { Host: "evil.example" })).status, 403)
  })

  it("may run its own script, and nothing else", async () => {
    await using room = await Chatroom.open()
    const { body, headers } = await get(room.web.port)
    const html = body.toString()
    const hashOf = (tag: string) => {
      const [, text] = new RegExp(`<${tag}[^>]*>([^]*?)</${tag}>`).exec(html)!
      return `'sha256-${createHash("sha256").update(text!).digest("base64")}'`
    }
    const policy = new Map(
      String(headers["content-security-policy"])
        .split("; ")
        .map((directive) => [directive.split(" ")[0]!, directive.split(" ").slice(1).join(" ")])
    )
    assert.deepStrictEqual(
      policy,
      new Map([
        ["default-src", "'none'"],
        ["script-src", hashOf("script")],
        ["style-src", hashOf("style")],
        ["img-src", "data:"],
        ["connect-src", "'self'"],
        ["base-uri", "'none'"],
        ["form-action", "'none'"],
        ["frame-ancestors", "'none'"],
        ["require-trusted-types-for", "'script'"],
        ["trusted-types", "'none'"]
      ])
    )
    assert.strictEqual(html.match(/<script/g)?.length, 1)
    assert.strictEqual(headers["x-content-type-options"], "nosniff")
    assert.strictEqual(headers["referrer-policy"], "no-referrer")
  })
})
