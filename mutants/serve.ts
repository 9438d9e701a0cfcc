import type { AddressInfo } from "node:net"
import { parseArgs } from "node:util"
import type { Change } from "./chat/Chat.ts"
import { listen, makeChat } from "./chat/makeChat.ts"
import { clientFaults } from "./client/Faults.ts"
import { clientVariants } from "./client/Variants.ts"
import { faults } from "./Faults.ts"
import { variants } from "./Variants.ts"

const settings = Object.entries(makeChat()).flatMap(([name, value]) =>
  typeof value === "number" ? [name] : []
)

const usage = `usage: pnpm exec node mutants/serve.ts [PORT] [--variant NAME] [--fault NAME]… [--set NAME=NUMBER]…
       pnpm exec node mutants/serve.ts --list

A small chat server that is right in every clause of the protocol, or wrong on purpose; with several faults it has all of
them at once.
PORT is 12345 by default, 0 takes a free one. --set changes a setting: ${settings.join(", ")}. --list prints the names as JSON.`

const stop = (message: string, exitCode: number): never => {
  console.error(message)
  process.exit(exitCode)
}

const argumentsOf = () => {
  try {
    const option = { type: "string", multiple: true } as const
    const flag = { type: "boolean" } as const
    return parseArgs({
      allowPositionals: true,
      options: { variant: option, fault: option, set: option, list: flag, help: flag }
    })
  } catch (error) {
    return stop(`${(error as Error).message}\n\n${usage}`, 2)
  }
}

const changesNamed = (
  kind: "variant" | "fault",
  rows: ReadonlyArray<{ readonly name: string; readonly change: Change }>,
  names: ReadonlyArray<string> = []
): ReadonlyArray<Change> =>
  names.map(
    (name) =>
      rows.find((row) => row.name === name)?.change ??
      stop(`unknown ${kind} "${name}"; --list prints them all`, 2)
  )

const isSetting = (name: string): boolean => settings.includes(name)

/** Settings given as NAME=NUMBER. */
const changeOfSettings =
  (given: ReadonlyArray<string> = []): Change =>
  () =>
    Object.fromEntries(
      given.map((text) => {
        const [name = "", value] = text.split("=")
        if (!isSetting(name) || !/^\d+$/.test(value ?? "")) stop(`--set ${text}: expected NAME=NUMBER`, 2)
        return [name, Number(value)]
      })
    )

/** The rows of `pnpm mutants` that are clients. */
const clients = { variants: clientVariants, faults: clientFaults }

const { positionals, values } = argumentsOf()
const port = Number(positionals[0] ?? 12345)
if (values.help) {
  console.log(usage)
} else if (values.list) {
  console.log(JSON.stringify({ variants, faults, clients }, null, 2))
} else if (positionals.length > 1 || !Number.isInteger(port) || port < 0 || port > 65_535) {
  stop(usage, 2)
} else {
  const changes = [
    ...changesNamed("variant", variants, values.variant),
    ...changesNamed("fault", faults, values.fault),
    changeOfSettings(values.set)
  ]
  try {
    const chat = makeChat(...changes)
    const server = await listen(chat, port)
    process.once("SIGTERM", () => {
      server.close()
      chat.shutDown()
    })
    console.log(`listening on 127.0.0.1:${(server.address() as AddressInfo).port}`)
  } catch (error) {
    stop(`cannot listen on port ${port}: ${(error as Error).message}`, 1)
  }
}
