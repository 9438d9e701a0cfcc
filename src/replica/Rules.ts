import type { Rules } from "../fold/Operation.ts"
import type { Setting } from "../settings/Setting.ts"
import { table, type Values } from "../settings/Settings.ts"

/** The settings that shape the state, by the rule that each is: all nodes of a log have the same. */
const settingOf = {
  history: "historyMax",
  historyBytes: "historyBytesMax",
  rooms: "roomsMax",
  roomsPerClient: "clientRoomsMax",
  absent: "sessionsMax",
  inbox: "inboxMax",
  inboxBytes: "inboxBytesMax",
  receipts: "receiptsMax"
} as const satisfies Omit<Record<keyof Rules, keyof Values>, "unicode">

type Rule = keyof typeof settingOf
const names = Object.keys(settingOf) as ReadonlyArray<Rule>

/** The rules that the settings of this server make. */
export const rulesOf = (settings: Values): Rules => {
  const entries = names.map((name) => [name, settings[settingOf[name]] ?? 0])
  return { ...(Object.fromEntries(entries) as Record<Rule, number>), unicode: process.versions.unicode! }
}

/** What others have in place of what this server has, in words: `with --history 200, and this one with 100`. */
export const differences = (theirs: Rules, ours: Rules): string => {
  const unlike = names.filter((name) => theirs[name] !== ours[name])
  const flags = (rules: Rules) => unlike.map((name) => `--${flagOf(name)} ${textOf(name, rules[name])}`)
  const unicode = ({ unicode }: Rules) => (theirs.unicode === ours.unicode ? [] : [`Unicode ${unicode}`])
  const [some, others] = [theirs, ours].map((rules) => [...flags(rules), ...unicode(rules)].join(" "))
  return `with ${some}, and this one with ${others}`
}

const flagOf = (name: Rule): string => table[settingOf[name]].flag

const textOf = (name: Rule, value: number): string => {
  const { format } = table[settingOf[name]] as Setting<number | undefined>
  return format(name === "history" && value === 0 ? undefined : value)
}
