import { assert, describe, it } from "@effect/vitest"
import { Book, noClause } from "../../attack/resume/Book.ts"
import { contentOf, headerOf } from "../../attack/resume/Content.ts"
import { judge } from "../../attack/resume/Judgement.ts"
import { Outages } from "../../attack/resume/Outages.ts"

/** What somebody said: its session, its place among the words of that, and the name. */
type Said = readonly [author: string, number: number, username?: string]

const contentFor = ([author, number]: Said) => contentOf(author, number, 20)
const idOf = (said: Said) => headerOf(contentFor(said))!.id

/** A book in which everybody saw this in the lobby, from 1 on, and some of it was acked. */
const bookOf = (
  lobby: ReadonlyArray<Said>,
  acks: ReadonlyArray<readonly [Said, number | undefined]> = []
) => {
  const book = new Book()
  for (const [i, said] of lobby.entries())
    book.see("lobby", i + 1, said[2] ?? said[0], contentFor(said), "witness")
  for (const [said, seq] of acks) book.ack({ header: headerOf(contentFor(said))!, room: "lobby", seq })
  return book
}

const clausesOf = (book: Book) => {
  judge(book, [], 0)
  return book.findings.map(({ clause }) => clause)
}

const a1: Said = ["a", 1]
const a2: Said = ["a", 2]
const b1: Said = ["b", 1]
const kings: ReadonlyArray<Said> = [
  ["x", 1, "king"],
  ["y", 1, "king"],
  ["x", 2, "king"]
]

describe("the judgement of a run", () => {
  it("finds nothing in a book without faults", () => {
    const book = bookOf(
      [a1, b1, a2],
      [
        [a1, 1],
        [b1, undefined]
      ]
    )
    book.heard.push({ author: "b", ids: [a1, a2].map(idOf) })
    book.refused.add("c 1")
    assert.deepStrictEqual(clausesOf(book), [])
  })

  const wrong: Readonly<Record<string, readonly [clause: string, book: () => Book]>> = {
    "an empty log": [
      noClause,
      () => {
        const book = new Book()
        judge(book, [], 1)
        return book
      }
    ],
    "an ack of what nobody saw": ["MSG-1", () => bookOf([a1], [[a2, 2]])],
    "an ack without a number of what nobody saw": ["MSG-1", () => bookOf([a1], [[a2, undefined]])],
    "a message with two numbers": ["DEDUP-1", () => bookOf([a1, a1])],
    "words of one sender in another order": ["MSG-4", () => bookOf([a2, a1])],
    "a name that speaks again after the next holder": ["NODE-2", () => bookOf(kings)],
    "a number with two messages": [
      "SEQ-4",
      () => {
        const book = bookOf([a1])
        book.see("lobby", 1, "b", contentFor(b1), "another")
        return book
      }
    ],
    "an ack under another message's number": ["SEQ-3", () => bookOf([a1, a2], [[a2, 1]])],
    "a message that was refused as unavailable": [
      "NODE-5",
      () => {
        const book = bookOf([a1])
        book.refused.add(idOf(a1))
        return book
      }
    ],
    "one that somebody without numbers did not hear": [
      "MSG-1",
      () => {
        const book = bookOf([a1, b1, a2])
        book.heard.push({ author: "c", ids: [a1, a2].map(idOf) })
        return book
      }
    ],
    "one that it heard twice": [
      "MSG-4",
      () => {
        const book = bookOf([a1, b1])
        book.heard.push({ author: "c", ids: [a1, b1, b1].map(idOf) })
        return book
      }
    ],
    "a letter that came twice": [
      "DM-1",
      () => {
        const book = new Book()
        for (let i = 0; i < 2; i++) book.seeLetter("a 1", "b")
        return book
      }
    ]
  }

  for (const [what, [clause, make]] of Object.entries(wrong))
    it(`finds ${what}`, () => {
      assert.include(clausesOf(make()), clause)
    })

  it("counts words that were sent again as late, and not as out of order", () => {
    const book = bookOf([a2, a1])
    book.late.add(idOf(a1))
    assert.deepStrictEqual(clausesOf(book), [])
  })

  it("expects nothing back of an epoch that is over, but order in it", () => {
    const book = bookOf(kings, [[a2, 7]])
    assert.isTrue(book.enters("one"))
    assert.isFalse(book.enters("two"))
    book.losses++
    assert.isTrue(book.enters("two"))
    book.see("lobby", 1, "b", contentFor(b1), "witness")
    assert.deepStrictEqual(clausesOf(book), ["NODE-2"])
  })
})

describe("outages", () => {
  it("are those of an address since a moment, or that go on", () => {
    const [one, two] = ["127.0.0.1", "127.0.0.2"].map((host) => ({ host, port: 1 }))
    const outages = new Outages()
    const over = outages.begin("node", [one!])
    const moment = outages.now
    assert.deepStrictEqual([...outages.since(moment, one!)], ["node"])
    assert.deepStrictEqual([...outages.at(two!)], [])
    over()
    assert.deepStrictEqual([...outages.since(moment, one!)], [])
    outages.begin("log", [one!, two!])()
    assert.deepStrictEqual([...outages.since(moment, two!)], ["log"])
    assert.deepStrictEqual([...outages.at(two!)], [])
  })
})
