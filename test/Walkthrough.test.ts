import { readFileSync } from "node:fs"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Server } from "../src/Server.ts"
import { server } from "./support/server.ts"
import { connect, type TestClient } from "./support/TestClient.ts"

/** A line of the conversation in docs/PROTOCOL.md: what somebody types, what comes back, or that their terminal is closed. */
interface Line {
  readonly who: string
  readonly does: string
  readonly text: string
}

const lines: ReadonlyArray<Line> = readFileSync("docs/PROTOCOL.md", "utf8")
  .matchAll(/^```text\n([^]*?)^```$/gm)
  .flatMap(([, block]) => block!.trimEnd().split("\n"))
  .map((line) => {
    const [, who = "", does = "", text = ""] = /^(\w+) ([<>]|ends)(?: (.*))?$/.exec(line) ?? []
    assert.notStrictEqual(who, "", line)
    return { who, does, text }
  })
  .toArray()

/** The value of a line; a number that differs each time is written as a text, too. */
const valueOf = (text: string): unknown => JSON.parse(text.replaceAll(/:…/g, ':"…"'))

/** Puts in what was learned for each text that differs each time. */
const filled = (text: string, known: ReadonlyMap<string, string>): string =>
  text.replaceAll(/"\w+…"/g, (written) => JSON.stringify(known.get(JSON.parse(written)) ?? written))

/** Compares what came with what is written: "…" may be anything, "k3Jq…" a text that is the same wherever it stands. */
const agree = (came: unknown, written: unknown, known: Map<string, string>): unknown => {
  if (written === "…") return "…"
  if (typeof written === "string" && written.endsWith("…")) {
    if (!known.has(written)) known.set(written, String(came))
    return came === known.get(written) ? written : came
  }
  if (typeof written !== "object" || written === null || typeof came !== "object" || came === null)
    return came
  if (Array.isArray(came)) return came.map((item, at) => agree(item, (written as Array<unknown>)[at], known))
  return Object.fromEntries(
    Object.entries(came).map(([key, field]) => [key, agree(field, (written as any)[key], known)])
  )
}

layer(server({}))("The conversation in docs/PROTOCOL.md", (it) => {
  it.effect("goes as it is written, typed line by line", () =>
    Effect.gen(function* () {
      const terminals = new Map<string, TestClient>()
      const known = new Map<string, string>()
      const open = (who: string): Effect.Effect<TestClient, never, Scope.Scope | Server> =>
        Effect.gen(function* () {
          const terminal = terminals.get(who) ?? (yield* connect)
          terminals.set(who, terminal)
          return terminal
        })
      for (const { does, text, who } of lines) {
        const terminal = yield* open(who)
        if (does === ">") terminal.send(`${filled(text, known)}\n`)
        if (does === "<") {
          const written = valueOf(text)
          const came = yield* terminal.next
          assert.deepStrictEqual(agree(came, written, known), written, `${who} < ${text}`)
        }
        if (does === "ends") {
          terminal.socket.end()
          terminals.delete(who)
        }
      }
      for (const [who, terminal] of terminals)
        assert.deepStrictEqual(yield* terminal.before, [], `nothing else comes to ${who}`)
      assert.isAbove(lines.length, 40)
    }).pipe(Effect.scoped)
  )
})
