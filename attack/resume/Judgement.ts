import { type Ack, type Book, noClause, type Sighting } from "./Book.ts"
import { lobby, type Member } from "./Member.ts"

/** Judges what a run has left in its book, once everybody has got what was due. What was seen at once to be wrong stands there already. */
export const judge = (book: Book, members: ReadonlyArray<Member>, ackedMin: number): void => {
  if (book.numberOf("acked") < ackedMin)
    book.find(
      noClause,
      "the run",
      `${book.numberOf("acked")} messages were acked, which is too few to judge: ${ackedMin}`
    )
  for (const rooms of [...book.past, book.rooms])
    for (const [room, sightings] of rooms) {
      const inOrder = [...sightings].toSorted(([one], [other]) => one - other)
      doubled(book, room, inOrder)
      senderOrder(book, room, inOrder)
      staleNames(book, room, inOrder)
      refused(book, room, inOrder)
    }
  lost(book)
  unnumbered(book)
  for (const member of members) passedOver(book, member)
  letters(book, members)
}

type InOrder = ReadonlyArray<readonly [seq: number, sighting: Sighting]>

/** No message has two numbers. */
const doubled = (book: Book, room: string, inOrder: InOrder): void => {
  const numbers = new Map<string, number>()
  for (const [seq, { by, header }] of inOrder) {
    const first = numbers.get(header.id)
    if (first !== undefined) book.find("DEDUP-1", by, `"${header.id}" is ${room} ${first} and ${room} ${seq}`)
    numbers.set(header.id, seq)
  }
}

/** The messages of one session are in the order in which it said them. */
const senderOrder = (book: Book, room: string, inOrder: InOrder): void => {
  const latest = new Map<string, number>()
  for (const [seq, { by, header }] of inOrder) {
    if (book.late.has(header.id)) continue
    if (header.number < (latest.get(header.author) ?? 0))
      book.find("MSG-4", by, `"${header.id}" is ${room} ${seq}, after ${latest.get(header.author)}`)
    latest.set(header.author, header.number)
  }
}

/** Once somebody else has said something under a name, nobody who had it before does. */
const staleNames = (book: Book, room: string, inOrder: InOrder): void => {
  const holders = new Map<string, string>()
  const former = new Set<string>()
  for (const [seq, { by, header, username }] of inOrder) {
    const holder = holders.get(username)
    if (holder === header.author) continue
    if (former.has(header.author))
      book.find("NODE-2", by, `${room} ${seq} was said by ${header.author}, after ${holder} had the name`)
    if (holder !== undefined) {
      former.add(holder)
      book.count("names that changed hands")
    }
    holders.set(username, header.author)
  }
}

/** What was refused as not being in the log is not in it. */
const refused = (book: Book, room: string, inOrder: InOrder): void => {
  for (const [seq, { by, header }] of inOrder)
    if (book.refused.has(header.id))
      book.find("NODE-5", by, `"${header.id}" was refused as unavailable, and is ${room} ${seq}`)
}

/** Whoever gets no numbers heard all of the lobby while it was connected, once and in order, but for its own words. */
const unnumbered = (book: Book): void => {
  const room = book.rooms.get(lobby) ?? new Map<number, Sighting>()
  const numbers = new Map([...room].map(([seq, { header }]) => [header.id, seq]))
  for (const { author, ids } of book.heard) {
    let last: number | undefined
    for (const id of ids) {
      const seq = numbers.get(id)
      if (seq === undefined) continue // nobody with numbers saw it
      if (last !== undefined && seq <= last)
        book.find("MSG-4", author, `it heard "${id}", lobby ${seq}, after ${last}`)
      for (let passed = (last ?? seq) + 1; passed < seq; passed++)
        if (room.get(passed) !== undefined && room.get(passed)!.header.author !== author)
          book.find("MSG-1", author, `it never heard lobby ${passed}, though it heard ${last} and ${seq}`)
      last = Math.max(last ?? 0, seq)
    }
  }
}

/** What was acked was said: it stands under its number, or somebody was told that this is gone. */
const lost = (book: Book): void => {
  const said = new Set(
    [...book.rooms.values()].flatMap((room) => [...room.values()].map(({ header }) => header.id))
  )
  for (const { header, room, seq } of book.acks) {
    const sighting = seq === undefined ? undefined : book.rooms.get(room)?.get(seq)
    if (sighting !== undefined && sighting.header.id !== header.id)
      book.find(
        "SEQ-3",
        header.author,
        `"${header.id}" was acked as ${room} ${seq}, which is "${sighting.header.id}"`
      )
    if (said.has(header.id) || isMissed(book, room, seq)) continue
    book.find("MSG-1", header.author, `"${header.id}" was acked as ${room} ${seq}, and nobody ever saw it`)
  }
}

/** Without a number it may be any of those that are gone. */
const isMissed = (book: Book, room: string, seq: Ack["seq"]): boolean => {
  const missed = book.missed.get(room)
  return missed !== undefined && (seq === undefined || missed.has(seq))
}

/** The numbers that a member never saw are of its own messages. */
const passedOver = (book: Book, { author, inbox, seats }: Member): void => {
  if (inbox.passed.size > 0)
    book.find("SEQ-1", author, `its inbox has no ${[...inbox.passed].slice(0, shownMax).join(", nor ")}`)
  for (const [room, { reading }] of seats)
    for (const seq of reading?.passed ?? []) {
      const sighting = book.rooms.get(room)?.get(seq)
      if (sighting?.header.author !== author)
        book.find(
          "SEQ-2",
          author,
          `it never got ${room} ${seq} ("${sighting?.header.id}"), and was told of no gap`
        )
    }
}

const shownMax = 10

/** What was acked to somebody who stayed was seen there once. */
const letters = (book: Book, members: ReadonlyArray<Member>): void => {
  for (const [id, times] of book.lettersSeen)
    if (times > 1) book.find("DM-1", "an inbox", `the letter "${id}" came ${times} times`)
  const authors = new Map(members.map(({ author, name }) => [name, author]))
  for (const [id, { to }] of book.letters) {
    const author = authors.get(to)
    if (author === undefined || book.lettersMissed.has(author) || book.lettersSeen.has(`${id} to ${author}`))
      continue
    book.find("DM-3", author, `the letter "${id}" was acked, and never came`)
  }
}
