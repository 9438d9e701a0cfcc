import { resolve } from "node:path"
import { fileURLToPath } from "node:url"

/**
 * The names of the scenarios that others build on, in the order they are played and taught. Each shows its clauses
 * with as little around them as possible; what fails in a scenario is held against it only if the scenarios before it
 * here show that the plain behaviour holds.
 */
const names: ReadonlyArray<string> = [
  "login",
  "two-clients-at-once",
  "broadcast",
  "list",
  "same-text-twice",
  "silent-client",
  "eight-log-in-at-once",
  "duplicate-login",
  "refused-login-harms-no-owner",
  "list-knows-only-members",
  "closing-frees-the-name",
  "abrupt-disconnect",
  "said-and-gone",
  "connects-and-leaves",
  "one-answer-for-each-request",
  "a-request-needs-no-newline",
  "several-requests-in-one-segment",
  "request-in-two-segments",
  "one-sender-keeps-its-order",
  "content-survives",
  "content-of-2-kib",
  "json-as-the-sheet-writes-it",
  "names-that-begin-alike",
  "names-with-capitals-and-accents",
  "many-in-a-row",
  "crowd-wants-one-name",
  "garbage-hurts-nobody",
  "bytes-that-are-no-utf-8",
  "client/logs-in",
  "client/says",
  "client/shows"
]

/** Their files, as they come with the harness. */
export const groundwork: ReadonlyArray<string> = names.map((name) =>
  fileURLToPath(new URL(`../../scenarios/${name}.yaml`, import.meta.url))
)

/** The place of a scenario among them; those that are none of them come after all, whatever they are called. */
export const rankOf = ({ file }: { readonly file: string }): number => {
  const rank = groundwork.indexOf(resolve(file))
  return rank === -1 ? groundwork.length : rank
}
