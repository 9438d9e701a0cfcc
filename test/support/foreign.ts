import { assert } from "@effect/vitest"

/** A text that abuses all that a terminal, a report or a CI server may obey, on lines of its own. */
export const foreign =
  "\u001b]52;c;eA==\u0007\u001b[2J\u001b[32mpass\u001b[0m\u009b31m\u007f\b\u202etxet\u202c\u2066\u200b\u200e\u00ad\u2060\ufeff\u{e0041}\ud800\u2028\u2029\r\n::error::forged\n  ::stop-commands::x\r##[error]forged\n<x>&]]>\"'`$(x)"

/** Fails where a text has anything in it that a terminal obeys or hides, but for our own colours. */
export const assertSafe = (text: string, where: string): void => {
  // oxlint-disable-next-line no-control-regex
  const withoutColours = text.replace(/\u001b\[\d+m/g, "")
  const raw = withoutColours.match(
    /.{0,10}(?:(?![\n\t])\p{Cc}|[\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}])/gu
  )
  assert.strictEqual(JSON.stringify(raw), "null", where)
  assert.notInclude(text, "\u001b[32mpass\u001b[0m", where)
}

/** The same for what may end in the log of a CI server: but for our annotations there is no command in it. */
export const assertSafeInCi = (text: string, where: string): void => {
  assertSafe(text, where)
  assert.notInclude(text, "##[", where)
  const commands = text.split("\n").filter((line) => /^\s*::(?!(?:error|warning) file=)/.test(line))
  assert.deepStrictEqual(commands, [], where)
}
