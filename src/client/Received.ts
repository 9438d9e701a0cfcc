import * as Schema from "effect/Schema"
import { goodbyeCodes } from "../Protocol.ts"
import { Event, Reply, type Request } from "../Protocol.ts"

export type Message = Extract<Event, { readonly type: "message" }>

/** One object that a server sent: its text, and its meaning. A reply has the request that it answers; a goodbye has none. */
export type Received =
  | {
      readonly kind: "reply"
      readonly reply: Reply
      readonly request: Request | undefined
      readonly text: string
    }
  | { readonly kind: "event"; readonly event: Event; readonly text: string }
  | { readonly kind: "other"; readonly text: string }

/** The meaning of a JSON text; `asked` is the oldest request without a reply. Optional fields that are not valid count as left out. */
export const understand = (text: string, asked: Request | undefined): Received => {
  const value: unknown = JSON.parse(text)
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { kind: "other", text }
  const fields = value as Readonly<Record<string, unknown>>
  if ("status" in fields) {
    const reply = replyOf(fields)
    return { kind: "reply", reply, request: isGoodbye(reply) ? undefined : asked, text }
  }
  const checks = eventChecks.get(fields["type"])
  const event = checks === undefined ? undefined : known(fields, checks)
  return isEvent(event) ? { kind: "event", event, text } : { kind: "other", text }
}

/** True of an error that answers no request: it ends the connection. */
export const isGoodbye = ({ code, retryAfterMs }: Reply): boolean =>
  goodbyes.has(code) && retryAfterMs === undefined

const goodbyes: ReadonlySet<string | undefined> = new Set(goodbyeCodes)

type Checks = ReadonlyArray<readonly [name: string, isValid: (value: unknown) => boolean]>

const checksOf = (fields: Readonly<Record<string, Schema.Top>>): Checks =>
  Object.entries(fields).map(([name, schema]) => [name, Schema.is(schema as Schema.Schema<unknown>)])

const replyChecks = checksOf(Reply.fields)

const eventChecks: ReadonlyMap<unknown, Checks> = new Map(
  Event.members.flatMap(({ fields }) => {
    const type = fields.type as unknown as {
      readonly literals?: ReadonlyArray<string>
      readonly literal?: string
    }
    return (type.literals ?? [type.literal!]).map((name) => [name, checksOf(fields)] as const)
  })
)

const isEvent = Schema.is(Event)

/** The fields that are valid. */
const known = (fields: Readonly<Record<string, unknown>>, checks: Checks): object => {
  const valid: Record<string, unknown> = {}
  for (const [name, isValid] of checks) {
    const value = fields[name]
    if (value !== undefined && isValid(value) && Object.hasOwn(fields, name)) valid[name] = value
  }
  return valid
}

/** An object with a `status` is a reply, whatever the rest of it is. */
const replyOf = (fields: Readonly<Record<string, unknown>>): Reply => ({
  ...known(fields, replyChecks),
  status: typeof fields["status"] === "object" ? "" : String(fields["status"])
})
