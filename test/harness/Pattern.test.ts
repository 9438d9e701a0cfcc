import { assert, describe, it } from "@effect/vitest"
import { describe as told, match, Mismatch, place } from "../../harness/language/Pattern.ts"
import type { Captures, Json } from "../../harness/language/Json.ts"
import { readPattern } from "../../harness/language/Notation.ts"
import { Reader, Source } from "../../harness/yaml/Source.ts"
import { english } from "../../harness/texts/en.ts"

/** The pattern that stands in a line of YAML. */
const pattern = (yaml: string) => {
  const source = new Source("pattern.yaml", yaml)
  return readPattern(source.root!, new Reader(source, () => []))
}

const matching = (yaml: string, value: Json, bound: Record<string, string> = {}): Captures | string => {
  const found = match(pattern(yaml), value, new Map(Object.entries(bound)))
  return found instanceof Mismatch ? found.tell(english.patterns) : found
}

describe("a pattern matches", () => {
  const table: ReadonlyArray<readonly [yaml: string, value: Json]> = [
    ["success", "success"],
    ["42", 42],
    ["null", null],
    ["true", true],
    ["$_", { any: ["thing"] }],
    ["$$name", "$name"],
    ["$5 and more", "$5 and more"],
    ["{ status: success }", { status: "success", message: "free" }],
    ["{ exactly: { status: success } }", { status: "success" }],
    ["{ exactly: { length: 3 } }", { length: 3 }],
    ["{ code: { absent: true } }", { status: "error" }],
    ["{ message: { matches: 'Bienvenue, .+' } }", { message: "Bienvenue, alice" }],
    ["{ message: { contains: ali } }", { message: "Bienvenue, alice" }],
    ["{ status: { one of: [error, failure] } }", { status: "failure" }],
    ["{ status: { one of: [error, { absent: true }] } }", {}],
    ["{ status: { not: success } }", { status: "nope" }],
    ["{ exactly: { contains: x, length: 3 } }", { contains: "x", length: 3 }],
    ["{ text: x, length: 3 }", { text: "x", length: 3 }],
    ["{ users: { length: 2 } }", { users: ["a", "b"] }],
    ["{ content: { length: 2 } }", { content: "🦊é" }],
    ["{ users: [alice, bob] }", { users: ["alice", "bob"] }],
    ["{ users: { in any order: [alice, bob] } }", { users: ["bob", "alice"] }],
    ["{ users: { includes: [bob] } }", { users: ["alice", "bob", "carol"] }],
    ["{ content: { text: é, times: 3 } }", { content: "ééé" }],
    ["{ a: $x, b: $x }", { a: 1, b: 1 }],
    ["{ __proto__: { a: 1 } }", JSON.parse('{ "__proto__": { "a": 1 } }') as Json],
    // The first pattern could take either item; only one way round leaves one for the second.
    ["{ in any order: [$_, alice] }", ["alice", "bob"]],
    ["{ in any order: [{ n: $x }, { n: $x, m: 1 }] }", [{ n: 2, m: 1 }, { n: 2 }]]
  ]
  for (const [yaml, value] of table)
    it(`${yaml} ← ${JSON.stringify(value)}`, () => {
      assert.notTypeOf(matching(yaml, value), "string")
    })
})

describe("a pattern that does not match says why", () => {
  const table: ReadonlyArray<readonly [yaml: string, value: Json, why: string]> = [
    ["success", "error", 'expected "success", received "error"'],
    ["42", "42", 'expected 42, received "42" (a number, not a string)'],
    ["{ status: success }", { status: "error" }, 'status: expected "success", received "error"'],
    ["{ status: success }", { type: "message" }, 'status: expected "success", received nothing'],
    ["{ status: $_ }", {}, "status: expected anything, received nothing"],
    [
      "{ status: { not: success } }",
      { status: "success" },
      'status: expected anything but "success", received "success"'
    ],
    ["{ status: { not: success } }", {}, 'status: expected anything but "success", received nothing'],
    ["{ status: success }", ["success"], 'expected {"status": "success"}, received ["success"]'],
    ["{ exactly: { a: 1 } }", { a: 1, b: 2 }, "b: expected no such field, received 2"],
    ["{ code: { absent: true } }", { code: "x" }, 'code: expected no such field, received "x"'],
    ["{ m: { matches: b } }", { m: "abc" }, 'm: expected a string that matches /b/, received "abc"'],
    ["{ m: { contains: x } }", { m: "abc" }, 'm: expected a string that contains "x", received "abc"'],
    ["{ m: { contains: x } }", { m: 1 }, 'm: expected a string that contains "x", received 1'],
    ["{ s: { one of: [a, b] } }", { s: "c" }, 's: expected one of ["a", "b"], received "c"'],
    ["{ users: { length: 2 } }", { users: ["a"] }, 'users: expected 2 characters or items, received ["a"]'],
    ["{ users: [a, b] }", { users: ["b", "a"] }, 'users[0]: expected "a", received "b"'],
    ["{ users: [a, b] }", { users: ["a"] }, 'users: expected ["a", "b"], received ["a"]'],
    ["{ users: [a] }", { users: "a" }, 'users: expected ["a"], received "a"'],
    [
      "{ users: { in any order: [a, b] } }",
      { users: ["a", "a"] },
      'users: expected in any order ["a", "b"], received ["a","a"] ("a" is one too many)'
    ],
    [
      "{ users: { in any order: [a, b] } }",
      { users: ["a", "b", "c"] },
      'users: expected in any order ["a", "b"], received ["a","b","c"]'
    ],
    [
      "{ users: { includes: [a, a] } }",
      { users: ["a", "b"] },
      'users: expected a list that includes ["a", "a"], received ["a","b"]'
    ],
    ["{ a: $x, b: $x }", { a: 1, b: 2 }, "b: expected 1 ($x), received 2"],
    ["{ a: $x }", { a: ["list"] }, 'a: expected any scalar ($x), received ["list"]'],
    ["{ a: { b: { c: 1 } } }", { a: { b: { c: 2 } } }, "a.b.c: expected 1, received 2"],
    ["{ __proto__: $_ }", {}, "__proto__: expected anything, received nothing"],
    [
      "{ m: { matches: (a+)+b } }",
      { m: "a".repeat(40) },
      `m: expected a string that matches /(a+)+b/, received "${"a".repeat(40)}" (the regular expression takes too long over it)`
    ],
    [
      "{ m: { not: { one of: [{ matches: (a+)+b }] } } }",
      { m: "a".repeat(40) },
      `m: expected anything but one of [a string that matches /(a+)+b/], received "${"a".repeat(40)}" (the regular expression takes too long over it)`
    ]
  ]
  for (const [yaml, value, why] of table)
    it(`${yaml} ← ${JSON.stringify(value)}`, () => {
      assert.strictEqual(matching(yaml, value), why)
    })
})

describe("what the eye would miss is told", () => {
  const table: ReadonlyArray<readonly [expected: string, received: string, hint: string]> = [
    ["caf\u00e9", "cafe\u0301", "the same letters, but the accents are composed differently"],
    ["alice", "alice ", "they differ only in leading or trailing spaces"],
    ["a".repeat(60), `${"a".repeat(50)}b${"a".repeat(9)}`, "they first differ at character 51"],
    ["a".repeat(60), "a".repeat(50), "50 of 60 characters arrived"],
    ["a".repeat(50), "a".repeat(60), "10 characters too many"]
  ]
  for (const [expected, received, hint] of table)
    it(hint, () => {
      const found = match({ _tag: "Literal", value: expected }, received, new Map())
      assert.instanceOf(found, Mismatch)
      assert.strictEqual((found as Mismatch).hint?.(english.patterns), hint)
    })

  it("invisible characters are spelled out", () => {
    assert.strictEqual(matching("ab", "a\u200bb"), 'expected "ab", received "a\\u200bb"')
  })
})

describe("captures", () => {
  it("bind what they see first", () => {
    assert.deepStrictEqual(
      matching("{ a: $x, b: { c: $y } }", { a: 1, b: { c: "z" } }),
      new Map<string, string | number>([
        ["x", 1],
        ["y", "z"]
      ])
    )
  })
  it("compare with what is bound already", () => {
    assert.strictEqual(
      matching("{ a: $x }", { a: "no" }, { x: "yes" }),
      'a: expected "yes" ($x), received "no"'
    )
  })
  it("bind nothing inside `not`", () => {
    assert.deepStrictEqual(matching("{ a: { not: $x } }", { a: 2 }, { x: "1" }), new Map([["x", "1"]]))
  })
})

it("many patterns that all fit are placed at once, also where one value fits none", () => {
  const many = Array.from({ length: 40 }, () => pattern("{ type: message }"))
  const values = Array.from({ length: 39 }, (): Json => ({ type: "message" }))
  assert.deepStrictEqual(place(many, [...values, { type: "joined" }], new Map()), { unplaced: 39 })
})

describe("several values and several patterns", () => {
  const patterns = [pattern("{ n: $x }"), pattern("{ n: 1 }"), pattern("{ m: $x }")]
  it("each value finds a pattern of its own", () => {
    assert.deepStrictEqual(place(patterns, [{ n: 1 }, { n: 2 }, { m: 2 }], new Map()), new Map([["x", 2]]))
  })
  it("the first value that fits nowhere is named", () => {
    assert.deepStrictEqual(place(patterns, [{ n: 1 }, { n: 2 }, { n: 3 }], new Map()), { unplaced: 2 })
  })
})

it("every pattern can be told in words", () => {
  assert.strictEqual(
    told(
      pattern("{ exactly: { a: { includes: [{ one of: [1, $x] }] }, b: { in any order: [$_] } } }"),
      english.patterns
    ),
    'exactly {"a": a list that includes [one of [1, any scalar ($x)]], "b": in any order [anything]}'
  )
})
