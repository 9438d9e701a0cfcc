import * as Effect from "effect/Effect"
import { seatedGoodbyeCodes } from "../Terms.ts"

/** Reasons why a connection is over: its client left or logged out, or the server ended it with this code. */
export const endings = [
  "left",
  "logout",
  "invalid_json",
  "too_large",
  "invalid_username",
  "username_taken",
  "login_refused",
  ...seatedGoodbyeCodes
] as const
export type Ending = (typeof endings)[number]

/** True where a client is first shown what waits in its backlog. */
export const isOrderly = (ending: Ending | undefined): boolean =>
  ending === "left" || ending === "logout" || ending === "shutting_down"

/** One failure for each ending, made once: an ending is no surprise and needs no stack. */
export const failures = Object.fromEntries(
  endings.map((ending) => [ending, Effect.fail(ending)])
) as Readonly<Record<Ending, Effect.Effect<never, Ending>>>
