// Says again whatever others say, in private what was said in private.
// Start a server, then: node examples/bots/echo.ts [PORT] [NAME]
import { connect } from "palabre"

process.once("uncaughtException", ({ message }) => {
  console.error(message)
  process.exit(1)
})

const [port = "12345", username = "echo"] = process.argv.slice(2)
const bot = await connect({ port: Number(port), username })
console.log(`${username} is here; Ctrl-C ends it`)
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => bot.close())

for await (const event of bot.events)
  if (event.type === "message")
    await bot.say(event.content, event.to === undefined ? {} : { to: event.username })
