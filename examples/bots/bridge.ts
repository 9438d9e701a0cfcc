// Says each line of its input, and prints what others say: tail -f LOG | node examples/bots/bridge.ts [PORT] [NAME]
import { createInterface } from "node:readline"
import { connect, printable } from "palabre"

process.once("uncaughtException", ({ message }) => {
  console.error(message)
  process.exit(1)
})

const [port = "12345", username = "bridge"] = process.argv.slice(2)
const bot = await connect({ port: Number(port), username })

const print = async () => {
  for await (const event of bot.events)
    if (event.type === "message") console.log(printable(`<${event.username}> ${event.content}`))
}
const say = async () => {
  for await (const line of createInterface(process.stdin)) if (line !== "") await bot.say(line)
  await bot.close()
}

await Promise.all([print(), say()])
