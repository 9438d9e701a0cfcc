import { assert, describe, it } from "@effect/vitest"
import { Screen } from "../../../harness/client/Screen.ts"

const screenOf = (...texts: ReadonlyArray<string>): Screen => {
  const screen = new Screen()
  for (const text of texts) screen.add(text)
  return screen
}

describe("a screen", () => {
  it("keeps the text and drops the codes of the terminal, wherever the output is cut", () => {
    const written = "\u001b[2J\u001b]0;chat\u0007\u001b[1;32mbob\u001b[0m: été\r\n\u001b[K> "
    const texts = ["bob: été\n> "]
    assert.deepStrictEqual([screenOf(written).text], texts)
    assert.deepStrictEqual([screenOf(...written).text], texts)
  })

  it("counts a text wherever it stands, and gives its last lines", () => {
    const screen = screenOf("bob: Hello\n\n", "carol: Hello Hello\n")
    assert.strictEqual(screen.count("Hello"), 3)
    assert.deepStrictEqual(screen.lastLines, ["bob: Hello", "carol: Hello Hello"])
  })

  it("tells a program that draws over what it has shown from one that colours it", () => {
    for (const text of ["\u001b[2J\u001b[H", "\u001b[3A", "\u001b[12;1f", "\u001b[?1049h"])
      assert.isTrue(screenOf(`bob: Hello${text}`).isDrawnOver, JSON.stringify(text))
    for (const text of ["\u001b[1;32m", "\r\u001b[K> ", "\u001b[?2004h", "\u001b]0;H\u0007"])
      assert.isFalse(screenOf(`bob: Hello${text}`).isDrawnOver, JSON.stringify(text))
  })

  it("keeps no more than anybody reads", () => {
    const screen = screenOf("first", "x".repeat(300_000))
    assert.isTrue(screen.isFlooded)
    assert.strictEqual(screen.text.length, 256 * 1024)
    assert.match(screen.text, /^first/)
  })
})
