/**
 * The scenarios that others build on, by their names, in the order they are played and taught. Each shows its clauses
 * with as little around them as possible; what fails in a scenario is held against it only if the scenarios before it
 * here show that the plain behaviour holds.
 */
export const groundwork: ReadonlyArray<string> = [
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
  "bytes-that-are-no-utf-8"
]
