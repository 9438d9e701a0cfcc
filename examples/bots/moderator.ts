// A server with a moderator: it masks bad words, and removes whoever says three of them.
// node examples/bots/moderator.ts [PORT] [WORD…]
import { createServer } from "palabre"

const [port = "12345", ...given] = process.argv.slice(2)
const words = given.length > 0 ? given : ["darn", "heck"]
const bad = new RegExp(`\\b(${words.map((word) => RegExp.escape(word)).join("|")})\\b`, "giu")
const strikesMax = 3

/** Bad words so far, by the IP address that they came from. */
const strikes = new Map<string, number>()

const server = await createServer({
  port: Number(port),
  locale: "en",
  username: "moderator",
  onLogin: ({ address }) => (strikes.get(address.host) ?? 0) < strikesMax || "you were told",
  onMessage: ({ address, content, username }) => {
    const said = content.match(bad)?.length ?? 0
    if (said === 0) return undefined
    const total = (strikes.get(address.host) ?? 0) + said
    strikes.set(address.host, total)
    if (total < strikesMax) return { content: content.replace(bad, (word) => "*".repeat(word.length)) }
    void server.kick(username, "that was one bad word too many")
    return false
  }
})
console.log(`listening on port ${server.port}; Ctrl-C ends it`)
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => server.close())

for await (const event of server.events)
  if (event.type === "left" && event.reason === "kicked")
    await server.broadcast({ content: `${event.username} had to leave` })
