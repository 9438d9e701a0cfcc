import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Drain } from "./hub/Drain.ts"
import { nextTurn } from "./hub/Delivery.ts"
import type { Connection } from "./net/Connection.ts"
import type { Ending } from "./net/Ending.ts"
import { Connections } from "./net/Connections.ts"
import { Pauses } from "./net/Pauses.ts"
import { TokenBucket } from "./net/TokenBucket.ts"
import { isHttp, meantBy, type Problem } from "./Problem.ts"
import { decodeRequest, requestTypes } from "./Protocol.ts"
import { type Conversation, House, refuse } from "./requests/Conversation.ts"
import { carryOut } from "./requests/Handlers.ts"
import { depart } from "./requests/Departure.ts"
import { type Frame, Frames, malformed, type MalformedAt, tooLarge } from "./wire/Frames.ts"

/**
 * Serves a connection from its first byte until its transport is closed and all it held is given back: reads, decodes
 * and answers, in order, until one of the two ends it. It is stopped by `Connection.stop` and must not be interrupted:
 * a request that was begun is carried out.
 */
export const makeServe = Effect.gen(function* () {
  const drain = yield* Drain
  const house = yield* House
  const price: Price = {
    pauses: yield* Pauses,
    readMillis: (yield* Connections).readMillis
  }
  return (connection: Connection): Effect.Effect<void> => {
    const session = makeSession(house, price, connection)
    drain.enter()
    const served = Effect.catchCause(converse(session), (cause) => close(session, drain, cause))
    return house.log.around(connection, served)
  }
})

/** What all sessions need to make their clients wait once they have cost too much. */
interface Price {
  readonly pauses: Pauses["Service"]
  readonly readMillis: () => number
}

/** A conversation, and the state of reading its requests. */
interface Session extends Conversation {
  readonly frames: Frames
  readonly price: Price
  /** Its right to send and be answered, in bytes, if that is limited. */
  traffic: TokenBucket | undefined
  /** Bytes of both that are paid for. */
  paidBytes: number
  malformedInARow: number
}

const makeSession = (house: House, price: Price, connection: Connection): Session => ({
  house,
  connection,
  price,
  traffic: house.trafficRule && new TokenBucket(house.trafficRule, price.readMillis()),
  paidBytes: 0,
  answeredBytes: 0,
  frames: new Frames(house.settings.frameBytesMax),
  username: undefined,
  holder: undefined,
  features: [],
  follower: undefined,
  inFlight: 0,
  appended: 0,
  early: new Map(),
  isLost: false,
  onIdle: undefined,
  malformedInARow: 0,
  loginTries: 0,
  messages: undefined,
  past: undefined,
  isAsking: false,
  lastWords: undefined
})

/** The number of requests of one client that are answered before others get their turn. */
const requestsInTurn = 64

/** Never succeeds: it fails with the ending. */
const converse = Effect.fnUntraced(function* (session: Session): Effect.fn.Return<never, Ending> {
  const { connection, frames } = session
  while (true) {
    frames.push(yield* connection.read())
    for (let answered = 1; ; answered++) {
      yield* connection.writable()
      if (session.isLost) return yield* Effect.fail(connection.ending ?? "unavailable")
      if (session.traffic !== undefined) yield* pay(session, session.traffic)
      const answer = answerNext(session)
      if (answer === undefined) break
      yield* answer
      if (answered % requestsInTurn === 0) yield* nextTurn
    }
  }
})

/** Carries out the next request of what was read, if there is one. Its text is not kept, as the answer may wait. */
const answerNext = (session: Session): Effect.Effect<void, Ending> | undefined => {
  const { frames, house, username } = session
  const { loginBytesMax = Infinity } = house.settings
  const frame = frames.next()
  // one that is not logged in may send only so much, however slowly; what follows its login is not counted
  if (username === undefined && frames.examined > loginBytesMax) return Effect.fail("too_large")
  return frame === undefined ? undefined : carryOutFrame(session, frame)
}

/** Pays for what came and was answered since the last time. A client in debt waits, but never for long at a stretch. */
const pay = (session: Session, traffic: TokenBucket): Effect.Effect<void, Ending> => {
  const { answeredBytes, connection, follower, price } = session
  const { pauses, readMillis } = price
  const shownBytes = answeredBytes + (follower?.readBytes ?? 0)
  const bytes = connection.bytesIn + shownBytes - session.paidBytes
  session.paidBytes += bytes
  traffic.spend(readMillis(), bytes, -debtMillisMax * traffic.rule.perMillis)
  const isPaid = () => traffic.level(readMillis()) >= 0
  return isPaid() ? Effect.void : pauses.pause(connection, isPaid)
}

/** The longest time that a client waits for having cost too much; then its next bytes are read, or its end is seen. */
const debtMillisMax = 2_000

const carryOutFrame = (session: Session, frame: Frame): Effect.Effect<void, Ending> => {
  if (frame === tooLarge) return Effect.fail("too_large")
  if (frame === malformed) return answerMalformed(session)
  session.malformedInARow = 0
  const { features, house } = session
  const request = decodeRequest(frame, features, house.offered)
  if (!("code" in request)) return carryOut(session, request)
  return refuse(session, request.code, request.id, house.replies.explained(request.code, request.problem))
}

/**
 * Says what was ignored, and why. Where no line was ever ended none will be, so that nothing after it could be read: the
 * connection ends with the error.
 */
const answerMalformed = (session: Session): Effect.Effect<void, Ending> => {
  const { frames, house } = session
  session.malformedInARow++
  const tooMany = session.malformedInARow >= house.settings.malformedMax ? "too_many" : undefined
  const ends = frames.hasLines ? tooMany : "no_lines"
  const error = house.replies.explained("invalid_json", notJson(frames.malformedAt!, ends))
  if (ends === undefined) return refuse(session, "invalid_json", undefined, error)
  house.counters.errors.invalid_json++
  session.lastWords = error
  return Effect.fail("invalid_json")
}

const notJson = ({ before, from }: MalformedAt, ends: "no_lines" | "too_many" | undefined): Problem => {
  const word = before === "" ? /^\/?[a-z]+/i.exec(from)?.[0] : undefined
  const meant = isHttp(from) ? "http" : word && meantBy(word, requestTypes())
  return { kind: "not_json", before, from, meant, ends }
}

/**
 * Gives back what the session held, in the order that others see, then says why it ends. A client that is told
 * `unavailable` need not wait for that: it may take long, and where its session goes on, the end of this connection
 * counts for nothing.
 */
const close = Effect.fnUntraced(function* (
  session: Session,
  drain: Drain["Service"],
  cause: Cause.Cause<Ending>
) {
  const { connection, username } = session
  if (Cause.hasDies(cause))
    yield* Effect.annotateLogs(Effect.logError("session ended by a bug", cause), {
      connection: connection.id
    })
  connection.stop(Option.getOrElse(Cause.findErrorOption(cause), (): Ending => "left"))
  yield* drain.leave
  const departed = username === undefined ? Effect.void : depart(session)
  const finished = Effect.suspend(() => connection.finish(session.lastWords ?? goodbye(session)))
  const concurrency = connection.ending === "unavailable" ? 2 : 1
  yield* Effect.all([departed, finished], { concurrency, discard: true })
})

/** The last words to a client that the server ends for a reason of its own. */
const goodbye = ({ connection: { ending }, house }: Session): Buffer | undefined => {
  if (ending === undefined || ending === "left" || ending === "logout") return undefined
  house.counters.errors[ending]++
  return house.replies.errors[ending]
}
