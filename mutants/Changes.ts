import type { Socket } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import type { Change, Chat, Client, Event, Frame, Reader, Reply, Request } from "./chat/Chat.ts"
import { isBlank, type JsonStream } from "./chat/JsonStream.ts"

/** Does the work after so many milliseconds. */
export const after = async <A>(millis: number, work: () => A | Promise<A>): Promise<A> => {
  await sleep(millis)
  return work()
}

type Deed = "deliver" | "leave" | "reply" | "announce"

/** The base, doing one thing so many milliseconds later: without a lock, a queue or a check of who is still there. */
export const delayed =
  <Piece extends Deed>(piece: Piece, millisOf: (...args: Parameters<Chat[Piece]>) => number): Change =>
  (base) => ({
    [piece]: (...args: Parameters<Chat[Piece]>) => {
      const work = base[piece] as (...args: Parameters<Chat[Piece]>) => void
      setTimeout(() => work(...args), millisOf(...args))
    }
  })

/** An object without some of its fields. */
export const without = (object: Reply, ...fields: ReadonlyArray<string>): Reply =>
  Object.fromEntries(Object.entries(object).filter(([key]) => !fields.includes(key)))

/** Objects written with each of their values changed. */
export const eachValue =
  (change: (key: string, value: unknown) => unknown) =>
  (object: Reply | Event): string =>
    JSON.stringify(
      Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(key, value)]))
    ) + "\n"

/** The base, passing the content of every message through this. */
export const content =
  (change: (content: string) => string): Change =>
  (base) => ({
    event: (client, request) => ({ ...base.event(client, request), content: change(String(request.content)) })
  })

/** The base, doing something else with a login reply other than success. */
export const refused =
  (instead: (base: Chat, client: Client, reply: Reply, request: Request) => Reply | undefined): Change =>
  (base) => ({
    login: (client, request) => {
      const reply = base.login(client, request) as Reply
      return reply.status === "success" ? reply : instead(base, client, reply, request)
    }
  })

/** The base, ended by an uncaught exception at the request whose text is deadly. */
export const dyingOf =
  (why: string, isDeadly: (text: string) => boolean): Change =>
  (base) => ({
    parse: (text) => {
      if (isDeadly(text)) throw new Error(why)
      return base.parse(text)
    }
  })

/** The base, reading the texts that this splits off; those that are not JSON are malformed. */
export const readingBy =
  (split: (bytes: Buffer) => { readonly texts: ReadonlyArray<Buffer>; readonly rest: Buffer }): Change =>
  () => ({
    reader: () => {
      let held: Buffer = Buffer.alloc(0)
      return reader(function* (chunk) {
        const { rest, texts } = split(Buffer.concat([held, chunk]))
        held = rest
        for (const text of texts) if (!text.every(isBlank)) yield isJson(text) ? text : "malformed"
      })
    }
  })

/** The base, handling its stream of JSON values in another way. */
export const readingJson =
  (read: (stream: () => JsonStream, fresh: () => void) => (chunk: Buffer) => Iterable<Frame>): Change =>
  (base) => ({
    reader: () => {
      let stream = base.reader() as JsonStream
      return reader(
        read(
          () => stream,
          () => void (stream = base.reader() as JsonStream)
        )
      )
    }
  })

/** The base, reading something that is no JSON where these bytes (as Latin-1) come. */
export const readingGarbageFor = (bytes: string): Change =>
  readingJson(
    (stream) => (chunk) =>
      stream().push(Buffer.from(chunk.toString("latin1").replaceAll(bytes, "\x01"), "latin1"))
  )

/** The base, taking each match for the end of a request, even of an incomplete one. */
export const brokenAt = (end: RegExp): Change =>
  readingJson(
    (stream, fresh) =>
      function* (chunk) {
        for (const line of chunk.toString("latin1").split(end)) {
          const frames = [...stream().push(Buffer.from(line, "latin1"))]
          yield* frames
          if (frames.length > 0 || line.trim() === "" || line.search(end) === -1) continue
          fresh()
          yield "malformed"
        }
      }
  )

/** Takes any name in a request for right. */
export const believing = (base: Chat): Pick<Chat, "problemOfMessage"> => ({
  problemOfMessage: (client, request) => base.problemOfMessage(client, { ...request, username: undefined })
})

/** The base's claim of a name, and something more once it is decided. */
export const claiming = (
  base: Chat,
  then: (isGranted: boolean, client: Client, name: string) => void
): Pick<Chat, "claim"> => ({
  claim: (client, name) => {
    const isGranted = base.claim(client, name)
    then(isGranted, client, name)
    return isGranted
  }
})

/** An answer for members; a stranger is refused. */
export const forMembers =
  <A>(base: Chat, answer: (client: Client, name: string, request: Request) => A) =>
  (client: Client, request: Request): A | Reply =>
    client.name === undefined ? base.refusal("not_logged_in", client) : answer(client, client.name, request)

/** The base, where nobody notices for a moment that a client has left: it stays among the members. */
export const leavingLate = (base: Chat): Pick<Chat, "leave"> => ({
  leave: (client) => void setTimeout(() => base.leave(client), unnoticedMillis)
})

/** Long enough for a busy machine to send something to one who has left. */
const unnoticedMillis = 200

/** Accepts a connection and never looks at it. */
export const unserved = (socket: Socket): void => void socket.on("error", () => {})

const reader = (push: (chunk: Buffer) => Iterable<Frame>): Reader => ({ push })

const isJson = (bytes: Buffer): boolean => {
  try {
    JSON.parse(bytes.toString())
    return true
  } catch {
    return false
  }
}
