import { createServer } from "palabre"

const server = await createServer({
  port: 0,
  locale: "en",
  onLogin: ({ username }) => username !== "mallory" || "you know why",
  onMessage: ({ content }) => ({ content: content.replaceAll("darn", "****") })
})
console.log(`listening on port ${server.port}`)
for await (const event of server.events) console.log(event)
