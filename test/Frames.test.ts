import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { type Frame, Frames, malformed, tooLarge } from "../src/wire/Frames.ts"
import { server } from "./support/server.ts"
import { connect, connectAs } from "./support/TestClient.ts"

const LIMIT = 512

/** All frames of the pieces, and the splitter after them; it must never hold more than its limit. */
const split = (pieces: ReadonlyArray<Buffer>, frameBytesMax = LIMIT) => {
  const frames = new Frames(frameBytesMax)
  const all: Array<Frame> = []
  for (const piece of pieces) {
    frames.push(piece)
    for (let frame = frames.next(); frame !== undefined; frame = frames.next()) {
      all.push(frame)
      if (frame === tooLarge) return { all, frames }
    }
    assert.isAtMost(frames.pendingBytes, frameBytesMax)
    assert.isAtMost(frames.reservedBytes, frameBytesMax * 1.25)
  }
  return { all, frames }
}

/** The bytes cut at these places. */
const cut = (bytes: Buffer, places: ReadonlyArray<number>): Array<Buffer> => {
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].toSorted((a, b) => a - b)
  return [...at, bytes.length].map((end, i) => bytes.subarray(i === 0 ? 0 : at[i - 1], end))
}

const cuts = fc.array(fc.nat(), { maxLength: 20 })
const request = fc.oneof(
  fc.json({ maxDepth: 3, stringUnit: "binary" }).filter((text) => Buffer.byteLength(text) <= LIMIT),
  fc.constantFrom('{"type":"list"}', '{ "type" :\t"ping" }', '{"a":"é😀\\u00e9\\n"}', "[1,[2,{}],-0.5e+7]")
)
const separator = fc.constantFrom("\n", "\r\n", " \t", "\n\n")

/** Whether a parser that knows nothing of streams could still be satisfied by what comes after. */
const isPrefix = (line: Buffer): boolean => {
  const { all, frames } = split([line])
  return !all.includes(malformed) || frames.pendingBytes > 0
}

describe("Frames", () => {
  it("FRAME-1, FRAME-2: any requests, cut at any bytes, are the same texts", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(request, separator)), cuts, (requests, places) => {
        const bytes = Buffer.from(requests.map((pair) => pair.join("")).join(""))
        assert.deepStrictEqual(
          split(cut(bytes, places)).all.map((text) => JSON.parse(String(text))),
          requests.map(([text]) => JSON.parse(text))
        )
      })
    )
  })

  it("FRAME-5: nesting takes no more room than the bytes that nest", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("[", '{"":'), { minLength: 1, maxLength: 600 }),
        cuts,
        (opens, places) => {
          const { all } = split(cut(Buffer.from(opens.join("")), places))
          assert.deepStrictEqual(all, opens.join("").length > LIMIT ? [tooLarge] : [])
        }
      )
    )
  })

  it("FRAME-2: objects and arrays need nothing between them", () => {
    fc.assert(
      fc.property(fc.array(request.filter((text) => /^[[{"]/.test(text))), cuts, (requests, places) => {
        assert.deepStrictEqual(split(cut(Buffer.from(requests.join("")), places)).all, requests)
      })
    )
  })

  it("FRAME-7: a malformed line costs one error and no request on a later line", () => {
    const garbage = fc
      .uint8Array({ minLength: 1, maxLength: 40 })
      .map((bytes) => Buffer.from(bytes.filter((b) => b !== 10)))
    const line = fc.oneof(
      garbage
        .filter((bytes) => bytes.length > 0 && !isPrefix(bytes))
        .map((bytes) => ({ bytes, text: undefined })),
      request.filter((text) => /^[[{"]/.test(text)).map((text) => ({ bytes: Buffer.from(text), text }))
    )
    fc.assert(
      fc.property(fc.array(line), cuts, (lines, places) => {
        const bytes = Buffer.concat(lines.flatMap((each) => [each.bytes, Buffer.from("\n")]))
        const { all } = split(cut(bytes, places))
        const wanted = lines.flatMap(({ text }) => text ?? [])
        const good = all.filter((frame) => frame !== malformed)
        assert.isTrue(isSubsequence(wanted, good), "every good line is there, in order")
        assert.isAtMost(all.length - good.length, lines.length - wanted.length)
      })
    )
  })

  it("FRAME-7: what is malformed is what JSON.parse and a strict UTF-8 decoder refuse", () => {
    const decoder = new TextDecoder("utf-8", { fatal: true })
    const mutated = fc
      .tuple(request, fc.nat(), fc.integer({ min: 0, max: 255 }))
      .map(([text, place, byte]) => {
        const bytes = Buffer.from(text)
        bytes[place % bytes.length] = byte
        return bytes
      })
      .filter((bytes) => !bytes.includes(10) && !bytes.includes(0) && bytes[0] !== 0xef)
    fc.assert(
      fc.property(mutated, (bytes) => {
        const isJson = (() => {
          try {
            return JSON.parse(decoder.decode(bytes)) !== undefined
          } catch {
            return false
          }
        })()
        const { all, frames } = split([bytes, Buffer.from("\n")])
        const isOneText = all.length === 1 && typeof all[0] === "string" && frames.pendingBytes === 0
        assert.strictEqual(isOneText, isJson)
      }),
      { numRuns: 2_000 }
    )
  })

  it("FRAME-5: one byte more than the limit is too large, whole or unfinished, and is so for ever", () => {
    for (const step of [1, 7, LIMIT * 2]) {
      const pieces = (bytes: Buffer) =>
        cut(
          bytes,
          Array.from({ length: bytes.length / step }, (_, i) => i * step)
        )
      assert.deepStrictEqual(split(pieces(text(LIMIT))).all, [text(LIMIT).toString()])
      const { all, frames } = split(pieces(text(LIMIT + 1)))
      assert.deepStrictEqual(all, [tooLarge])
      frames.push(Buffer.from("{}"))
      assert.strictEqual(frames.next(), tooLarge)
      assert.strictEqual(frames.pendingBytes, 0)
    }
  })

  it("FRAME-7: only a newline before or between values makes lines, wherever the bytes are cut", () => {
    for (const [text, hasLines] of [
      ["nope", false],
      ['{"a":1}nope', false],
      ['{"a":"\\n"}nope\n', false],
      ['{\n"a":1\n}nope', false],
      ["\nnope", true],
      ['{"a":1}\r\n nope', true]
    ] as const)
      for (let cut = 0; cut <= text.length; cut++) {
        const frames = new Frames(100)
        const all = [text.slice(0, cut), text.slice(cut)].flatMap((piece) => {
          frames.push(Buffer.from(piece))
          const found: Array<Frame> = []
          for (let frame = frames.next(); frame !== undefined; frame = frames.next()) {
            if (frame === malformed) assert.strictEqual(frames.hasLines, hasLines, `${text} cut at ${cut}`)
            found.push(frame)
          }
          return found
        })
        assert.include(all, malformed)
      }
  })

  it("FRAME-9: NUL and byte order marks between values are white space, wherever they are cut", () => {
    const bytes = Buffer.from('\ufeff\0{"a":1}\0\0\ufeff\ufeff 2\ufeff3\0')
    for (let cut = 0; cut <= bytes.length; cut++) {
      const frames = new Frames(7)
      const all = [bytes.subarray(0, cut), bytes.subarray(cut)].flatMap((piece) => {
        frames.push(piece)
        const found: Array<Frame> = []
        for (let frame = frames.next(); frame !== undefined; frame = frames.next()) found.push(frame)
        return found
      })
      assert.deepStrictEqual(all, ['{"a":1}', "2", "3"], `cut at ${cut}`)
      assert.strictEqual(frames.pendingBytes, 0)
    }
    for (const inside of ['{"a"\0:1}', '{"a":\ufeff1}', "\ufefe1"]) {
      const frames = new Frames(100)
      frames.push(Buffer.from(inside))
      assert.strictEqual(frames.next(), malformed)
    }
  })

  it("FRAME-7: garbage with no newline is dropped as it comes", () => {
    const frames = new Frames(LIMIT)
    for (let i = 0; i < 100; i++) {
      frames.push(Buffer.alloc(1_000, "x"))
      assert.strictEqual(frames.next(), i === 0 ? malformed : undefined)
      assert.strictEqual(frames.next(), undefined)
      assert.strictEqual(frames.pendingBytes, 0)
    }
  })

  it("FRAME-5: the work is linear: a 64 KiB object that comes byte by byte is looked at once", () => {
    const bytes = Buffer.from(JSON.stringify({ a: "x".repeat(65_000), b: [1, { c: null }] }))
    const frames = new Frames(65_536)
    for (const byte of bytes) {
      frames.push(Buffer.from([byte]))
      frames.next()
    }
    assert.isAtMost(frames.examined, bytes.length + 8)
    assert.isAtLeast(frames.examined, bytes.length)
  })
})

const text = (bytes: number): Buffer => Buffer.from(`"${"x".repeat(bytes - 2)}"`)

const isSubsequence = (wanted: ReadonlyArray<unknown>, all: ReadonlyArray<unknown>): boolean => {
  let found = 0
  for (const item of all) if (item === wanted[found]) found++
  return found === wanted.length
}

/** The requests of one client from login to the last reply; what is cut differently must be answered the same. */
const conversation = (name: string): Buffer =>
  Buffer.from(
    [
      `{"type":"ping","id":1}`,
      `{ "type": "login",\r\n  "username": "${name}" }`,
      `{"type":"message","content":"é😀 \\u00e9\\ud83d\\ude00\u2028"}{"type":"list","id":"l"}`,
      `\n\n[]"x"`,
      `{"type":"message","username":"${name}","content":"last"}{"type":"logout","id":2}`
    ].join("\n")
  )

layer(server())("Frames over TCP", (it) => {
  it.effect(
    "FRAME-1, FRAME-2, FRAME-3: cut into any pieces, down to single bytes, requests get the same answers",
    () =>
      Effect.gen(function* () {
        const bob = yield* connectAs("frames-bob")
        const bytes = conversation("frames-a")
        const outcome = Effect.fnUntraced(function* (pieces: ReadonlyArray<Buffer>) {
          const alice = yield* connect
          for (const piece of pieces) yield* write(alice.socket, piece)
          const replies = yield* alice.rest
          return { replies, heard: yield* bob.take(2) }
        }, Effect.scoped)
        const whole = yield* outcome([bytes])
        assert.strictEqual(whole.replies.length, 8)
        assert.deepStrictEqual(yield* outcome([...bytes].map((byte) => Buffer.from([byte]))), whole)
        for (const places of fc.sample(cuts, 20))
          assert.deepStrictEqual(yield* outcome(cut(bytes, places)), whole)
      })
  )

  it.effect("FRAME-4: the lab sheet's own JSON: spaces, escapes, raw UTF-8, indentation", () =>
    Effect.gen(function* () {
      const [alice, bob] = [yield* connect, yield* connectAs("frame-4-b")]
      alice.send(
        '{"type": "login", "username": "Ren\\u00e9e"}{"type": "message", "username": "Renée", "content": "\\ud83d\\ude00é"}'
      )
      assert.strictEqual((yield* alice.next).message, "Bienvenue, Renée")
      assert.strictEqual((yield* alice.next).status, "success")
      assert.deepStrictEqual(yield* bob.next, { type: "message", username: "Renée", content: "😀é" })
      alice.send('{\n\t"type":\r\n    "list"\n}')
      assert.strictEqual((yield* alice.next).status, "success")
    })
  )

  it.effect("FRAME-5: an object over the limit is answered with too_large, and the connection ended", () =>
    Effect.gen(function* () {
      const client = yield* connectAs("frame-5")
      client.send('{"type":"message","content":"', "x".repeat(70_000))
      const [reason, ...more] = yield* client.rest
      assert.strictEqual(reason?.code, "too_large")
      assert.deepStrictEqual(more, [])
      assert.strictEqual(yield* client.ended, "fin")
      yield* connectAs("frame-5")
    })
  )

  it.effect(
    "FRAME-6, FRAME-7: garbage gets one error a line, costs no request after it, and hurts nobody else",
    () =>
      Effect.gen(function* () {
        const [client, other] = [yield* connectAs("frame-7"), yield* connectAs("frame-7-other")]
        for (const garbage of [
          "hello",
          '{"type":}',
          "\xff\xfe",
          '{"type":"list" "x"}',
          "{'type':'list'}",
          '"\t"',
          "nul",
          "-x"
        ]) {
          client.send(Buffer.from(`${garbage}\n`, "latin1"), { type: "ping", id: garbage })
          assert.strictEqual((yield* client.next).code, "invalid_json")
          while ((yield* client.next).id !== garbage);
        }
        assert.deepStrictEqual(yield* other.before, [])
      })
  )

  it.effect("FRAME-7: ten malformed in a row end the connection with the reason", () =>
    Effect.gen(function* () {
      const client = yield* connectAs("frame-7-ten")
      for (let i = 0; i < 9; i++) client.send("?\n")
      client.send({ type: "ping", id: "good" })
      yield* client.takeUntil(({ id }) => id === "good")
      client.send("?\n".repeat(12), { type: "ping", id: "too late" })
      const replies = yield* client.rest
      assert.deepStrictEqual(
        replies.map(({ code }) => code),
        Array.from({ length: 10 }, () => "invalid_json")
      )
      yield* connectAs("frame-7-ten")
    })
  )

  it.effect(
    "FRAME-8: a TLS hello, an HTTP request, deep nesting, huge numbers and odd keys kill nothing",
    () =>
      Effect.gen(function* () {
        const witness = yield* connectAs("frame-8")
        const tls = Buffer.from("16030100c8010000c40303", "hex")
        const deep = "[".repeat(30_000)
        const things = [
          tls,
          "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
          `${deep}${"]".repeat(30_000)}\n`,
          `{"type":"login","username":${deep}\n`,
          '{"type":"ping","type":"list"}',
          `{"type":"ping","n":1e400,"m":${"9".repeat(400)}}`,
          '{"__proto__":{"type":"logout"},"constructor":1,"type":"ping"}'
        ]
        for (const thing of things) {
          const client = yield* connect
          client.send(thing)
          client.socket.end()
          yield* client.ended
        }
        assert.deepStrictEqual(yield* witness.before, [])
      })
  )
})

/** Writes a piece on its own: done once the kernel has it. */
const write = (
  socket: { write: (bytes: Buffer, done: () => void) => boolean },
  piece: Buffer
): Effect.Effect<void> =>
  Effect.callback((resume) => {
    socket.write(piece, () => resume(Effect.void))
  })
