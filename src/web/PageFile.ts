import type { IncomingHttpHeaders, ServerResponse } from "node:http"
import page from "./page.json" with { type: "json" }

/** The page as it is sent, compressed once. It is asked for anew at each visit, and sent only where it has changed. */
export class PageFile {
  private readonly plain = Buffer.from(page.html)
  private readonly packed = process.getBuiltinModule("node:zlib").gzipSync(this.plain, { level: 9 })
  private readonly tag = `"${process.getBuiltinModule("node:crypto").hash("sha256", page.html).slice(0, 32)}"`

  answer(headers: IncomingHttpHeaders, response: ServerResponse): void {
    response
      .setHeader("ETag", this.tag)
      .setHeader("Cache-Control", "no-cache")
      .setHeader("Vary", "Accept-Encoding")
    const known = headers["if-none-match"]?.split(/,\s*/).map((tag) => tag.replace(/^W\//, ""))
    if (known?.includes(this.tag) === true) {
      response.writeHead(304).end()
      return
    }
    const isPacked = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/.test(
      String(headers["accept-encoding"] ?? "")
    )
    const body = isPacked ? this.packed : this.plain
    response.writeHead(200, {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Length": body.length,
      "Content-Security-Policy": page.policy,
      "Cross-Origin-Opener-Policy": "same-origin",
      "Referrer-Policy": "no-referrer",
      "X-Content-Type-Options": "nosniff",
      ...(isPacked && { "Content-Encoding": "gzip" })
    })
    response.end(body)
  }
}
