import { isIPv4, isIPv6 } from "node:net"
import { inspect } from "node:util"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { nearestOf } from "../Nearest.ts"
import { withoutPassword } from "./Kinds.ts"
import type { Profile, Setting } from "./Setting.ts"
import { brokersOf } from "./Store.ts"
import { defaults, table, type Values } from "./Settings.ts"

/** Settings that no server can run with; a sentence for each problem. */
export class SettingsInvalid extends Schema.TaggedError<SettingsInvalid>()("SettingsInvalid", {
  problems: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return this.problems.join("\n")
  }
}

/**
 * The given settings with the defaults of the profile for the rest, wherever they come from: the command line, the
 * environment, a file, a program. Fails unless each is a value that its flag could have.
 */
export const checked = (
  given: Partial<Values>,
  profile: Profile = "lab"
): Effect.Effect<Values, SettingsInvalid> =>
  Effect.suspend(() => {
    const values: Record<string, unknown> = { ...defaults(profile) }
    const problems: Array<string> = []
    for (const [name, value] of Object.entries(given)) {
      const setting = Object.hasOwn(table, name)
        ? (table[name as keyof typeof table] as Setting<unknown>)
        : undefined
      if (setting === undefined) problems.push(unknownText(name))
      else if (isValid(setting, value)) values[name] = value
      else if (value !== undefined)
        problems.push(`--${setting.flag} (${name}) is ${written(value)}; expected ${setting.expected}`)
    }
    const complete = values as unknown as Values
    if (problems.length === 0) problems.push(...conflicts(complete), ...splits(complete))
    return problems.length === 0 ? Effect.succeed(complete) : Effect.fail(new SettingsInvalid({ problems }))
  })

/** True of a value that can be written as a flag and read back. */
const isValid = ({ format, parse }: Setting<unknown>, value: unknown): boolean => {
  try {
    return Option.exists(parse(format(value)), (parsed) => JSON.stringify(parsed) === JSON.stringify(value))
  } catch {
    return false // of another type than its format takes
  }
}

const written = (value: unknown): string =>
  withoutPassword(inspect(value, { breakLength: Infinity, depth: 1, maxStringLength: 100 }))

const unknownText = (name: string): string => {
  const nearest = nearestOf(name, Object.keys(table))
  return `there is no setting ${name}${nearest === undefined ? "" : `; did you mean ${nearest}?`}`
}

/** Listeners that would get in each other's way. */
const conflicts = ({
  hosts,
  metricsHost,
  metricsPort,
  port,
  webHosts,
  webPort
}: Values): ReadonlyArray<string> => {
  const listeners = [
    { flag: "--port", port, hosts },
    { flag: "--web-port", port: webPort, hosts: webHosts },
    { flag: "--metrics-port", port: metricsPort, hosts: [metricsHost] }
  ].filter((each) => each.port !== undefined && each.port !== 0)
  return listeners.flatMap((one, index) =>
    listeners
      .slice(0, index)
      .filter((other) => other.port === one.port && meet(other.hosts, one.hosts))
      .map(
        (other) => `${one.flag} and ${other.flag} are the same (${one.port}); choose another for one of them`
      )
  )
}

/** A port that is shared by servers of several chats. */
const splits = ({ reusesPort, store }: Values): ReadonlyArray<string> =>
  reusesPort && brokersOf(store) === undefined
    ? ["--reuse-port has several servers of one chat share a port: they need --store nats://…"]
    : []

const meet = (some: ReadonlyArray<string>, others: ReadonlyArray<string>): boolean =>
  some.some((one) => others.some((other) => covers(one, other)))

/** True of two addresses of which only one can be listened on, with one port: the first also takes the connections of the second. */
export const covers = (address: string, other: string): boolean =>
  address === other || (address === "0.0.0.0" && isIPv4(other)) || (address === "::" && isIPv6(other))
