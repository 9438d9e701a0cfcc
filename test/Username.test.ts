import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { isSameUsername, isUsername, usernameKey } from "../src/Username.ts"

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom("a", "A", "ß", "ẞ", "\u0958", "\u0301", "ﬁ", "İ", "ı", "Ω", "ς", " ", "😀"),
    maxLength: 40
  })
)

/** As a person would write the same name in another way. */
const ways: ReadonlyArray<(name: string) => string> = [
  (name) => name.toUpperCase(),
  (name) => name.toLowerCase(),
  (name) => name.normalize("NFC"),
  (name) => name.normalize("NFD"),
  (name) => name.normalize("NFKC")
]

describe("Username", () => {
  it("LOGIN-6: a name has 1 to 32 code points after NFC, and shows all of them", () => {
    fc.assert(
      fc.property(anyText, (name) => {
        if (!isUsername(name)) return
        const { length } = Array.from(name.normalize("NFC"))
        assert.isTrue(length >= 1 && length <= 32)
        assert.strictEqual(name.trim(), name)
        assert.notMatch(name, /[\p{C}\p{Default_Ignorable_Code_Point}]/u)
      })
    )
  })

  it("LOGIN-9: a name stays the same name however its letters are written", () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom(...ways), (name, way) => {
        assert.strictEqual(usernameKey(usernameKey(name)), usernameKey(name))
        if (isUsername(name)) assert.isTrue(isSameUsername(name, way(name)), `${name} and ${way(name)}`)
      }),
      { numRuns: 1_000 }
    )
  })
})
