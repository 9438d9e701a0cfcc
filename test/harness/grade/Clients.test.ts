import { assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { hasTerminals } from "../../../harness/client/Terminal.ts"
import { freePort } from "../../../process/Port.ts"
import { Classroom } from "./classroom.ts"

const port = await Effect.runPromise(Effect.scoped(freePort))

const server = `import { serve } from "./chat.mjs"\nserve(process.argv[2])\n`

/** A plain client whose port is compiled in, and which says what it is told to. */
const client = `
import net from "node:net"
import readline from "node:readline"
let username
const socket = net.connect(${port}, "127.0.0.1")
const send = (object) => socket.write(JSON.stringify(object))
const say = (content) => send({ type: "message", username, content })
socket.on("data", (bytes) => console.log(String(bytes)))
readline.createInterface({ input: process.stdin }).on("line", (line) => {
  if (username !== undefined) return say(line)
  username = line
  send({ type: "login", username })
})
`

const isPossible = await Effect.runPromise(hasTerminals)
if (!isPossible) console.error("SKIPPED: no client is graded here: there is no `script` of util-linux")

describe.skipIf(!isPossible)("pnpm grade, with clients", () => {
  const classroom = new Classroom()
  let ran: Awaited<ReturnType<Classroom["grade"]>> | undefined
  const clausesOf = (name: string) =>
    classroom.gradeOf(name).clauses.map(({ clause, result }) => `${clause} ${result}`)

  beforeAll(async () => {
    classroom.put("reference", server, { "client.mjs": client })
    classroom.put("alice", server, { "client.mjs": client })
    classroom.put("bob", server, { "client.mjs": client.replace("say(line)", "say(line + line)") })
    classroom.put("carol", server)
    const files = ["login", "client/logs-in", "client/says", "client/lists"]
    classroom.write(
      [
        "submissions: rendus/*",
        "reference: reference",
        `readable: [${JSON.stringify(process.execPath.replace(/\/[^/]*$/, ""))}]`,
        `start: "${process.execPath} server.mjs {port}"`,
        `client: { start: "${process.execPath} client.mjs", port: ${port}, list: none }`,
        `scenarios: [${files.map((file) => `"${process.cwd()}/scenarios/${file}.yaml"`).join(", ")}]`,
        ""
      ].join("\n"),
      "class.yaml"
    )
    ran = await classroom.grade()
  })

  it("judges server and client of everybody, a compiled-in port included", () => {
    assert.strictEqual(ran?.code, 0, ran?.err)
    assert.deepStrictEqual(clausesOf("alice"), ["LOGIN-1 passed", "CLIENT-1 passed", "CLIENT-2 passed"])
  })

  it("holds against a client what it does, and against nobody what they have no word for", () => {
    assert.deepStrictEqual(clausesOf("bob"), ["LOGIN-1 passed", "CLIENT-1 passed", "CLIENT-2 failed"])
  })

  it("takes a client that is not there for a result", () => {
    assert.strictEqual(classroom.gradeOf("carol").outcome, "graded")
    assert.deepStrictEqual(clausesOf("carol"), ["LOGIN-1 passed", "CLIENT-1 failed", "CLIENT-2 not_reached"])
  })
})
