import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { Patience } from "../../process/Patience.ts"
import type { Failure } from "../../src/commands/Cli.ts"
import type { Address } from "../../src/net/Address.ts"
import { checkTokens } from "./Aftermath.ts"
import { checkAgreement } from "./Agreement.ts"
import { Book, noClause } from "./Book.ts"
import { Dice } from "./Dice.ts"
import { judge } from "./Judgement.ts"
import { Member } from "./Member.ts"
import { Outages } from "./Outages.ts"
import { Plain } from "./Plain.ts"
import { Rival } from "./Rival.ts"
import type { Run, Settings } from "./Run.ts"
import { stay } from "./Staying.ts"

/** Those of the clients who want a name that others want. */
export const rivals = 6

/** A server, at one address or several, and the measure of what its clients wait. */
export interface Endpoint {
  readonly addresses: ReadonlyArray<Address>
  readonly patience: Patience
  /** Kills the server, and starts it again on what it has stored. */
  readonly restart?: Effect.Effect<void, Failure>
  /** Does harm to it until the run settles, and leaves it as it was. */
  readonly harm?: (run: Run) => Effect.Effect<void, Failure>
}

/** Has clients stay at a server while their connections are cut, and judges what they got: the book has what was found. */
export const play = Effect.fnUntraced(function* (
  settings: Settings,
  { addresses, harm, patience, restart }: Endpoint,
  book: Book
) {
  let progress = 0
  const run: Run = {
    settings,
    addresses,
    book,
    tag: (yield* Clock.currentTimeMillis).toString(36),
    contested,
    inboxes: new Set(),
    replaced: new Set(),
    patience,
    outages: new Outages(),
    harms: new Set(),
    onWord: () => {},
    isSettling: false,
    onProgress: () => progress++
  }
  const members = membersOf(run)

  const until = waiting(run, patience, () => progress)
  const staying = yield* Effect.forEach(members, (member) => Effect.forkChild(stay(member)))
  const passing = [...rivalsOf(run), ...plainOf(run)]
  const contending = yield* Effect.forEach(passing, ({ live }) => Effect.forkChild(live))
  const isKilled = restart !== undefined && settings.restartSeconds > 0
  const harming = isKilled ? kill(run, restart) : (harm?.(run) ?? Effect.void)
  const killing = yield* Effect.forkChild(
    Effect.catch(harming, ({ message }) => Effect.sync(() => book.find(noClause, "the server", message)))
  )
  const timer = yield* Effect.forkChild(Effect.sleep(settings.seconds * 1_000))
  yield* until(
    () =>
      isDone(timer) && book.numberOf("acked") >= settings.acked && book.numberOf("kills") >= settings.kills,
    () => book.find(noClause, "the run", `nothing comes any more, after ${book.numberOf("acked")} acks`)
  )
  run.isSettling = true
  yield* until(
    () => isDone(killing),
    () => book.find(noClause, "the server", `it is not well again: ${[...run.harms].join(", ")}`)
  )
  yield* until(
    () => contending.every(isDone),
    () => book.find("REQ-2", "the rivals", "their last requests are not answered")
  )
  yield* settle(run, members, until)
  yield* Fiber.interruptAll([...staying, ...contending, killing, timer])
  for (const visit of run.replaced) visit.close()
  const tokens = yield* Effect.forkChild(checkTokens(run, members))
  yield* until(
    () => isDone(tokens),
    () => book.find("LOGIN-1", "the server", "logins with old tokens are not answered")
  )
  yield* Fiber.interrupt(tokens)
  if (!hasToldEnough(run)) judge(book, members, settings.acked)
})

/** Waits until something is so, and tells where it never will be. */
type Until = (isSo: () => boolean, otherwise: () => void) => Effect.Effect<void>

/** Waits as long as something happens now and then, and not enough is found. */
const waiting = (run: Run, patience: Patience, progress: () => number): Until =>
  Effect.fnUntraced(function* (isSo, otherwise) {
    let [since, last] = [patience.begin(), progress()]
    while (!isSo() && !hasToldEnough(run)) {
      if (progress() !== last) [since, last] = [patience.begin(), progress()]
      else if (patience.overdue(since, run.settings.stallMillis) !== undefined) return otherwise()
      yield* Effect.sleep(lookMillis)
    }
  })

const hasToldEnough = ({ book, settings }: Run): boolean => book.findings.length >= settings.findingsMax

/** All get what is due, and log out. */
const settle = Effect.fnUntraced(function* (run: Run, members: ReadonlyArray<Member>, until: Until) {
  const { book, replaced } = run
  yield* until(
    () => members.every(({ connection, due }) => connection !== undefined && due.length === 0),
    () => {
      for (const { author, connection, due, name } of members)
        if (due.length > 0)
          book.find("RESUME-3", author || name, `it never got ${due.join(", nor ")}`, connection?.lines())
    }
  )
  yield* until(
    () => replaced.size === 0,
    () => book.find("RESUME-2", "the server", `${replaced.size} connections that were replaced are open`)
  )
  members[0]!.connection?.review()
  const reading = yield* Effect.forkChild(checkAgreement(run))
  yield* until(
    () => isDone(reading),
    () => book.find("NODE-6", "the nodes", "not all tell what they have kept")
  )
  yield* Fiber.interrupt(reading)
  for (const { connection } of members) connection?.leave()
  yield* until(
    () => members.every(({ isDone }) => isDone),
    () => book.find("LOGOUT-1", "the server", "not all logouts are answered")
  )
})

/** Kills the server now and then, until the run is over. */
const kill = Effect.fnUntraced(function* (run: Run, restart: Effect.Effect<void, Failure>) {
  const { book, settings } = run
  const dice = new Dice(settings.seed, "kills")
  while (!run.isSettling) {
    yield* Effect.sleep(lookMillis)
    if (!dice.chance(lookMillis / (settings.restartSeconds * 1_000))) continue
    const over = run.outages.begin("node", run.addresses)
    run.harms.add("killed")
    yield* restart
    run.harms.delete("killed")
    book.releaseAll()
    book.count("kills")
    over()
  }
})

const isDone = (fiber: Fiber.Fiber<unknown, unknown>): boolean => fiber.pollUnsafe() !== undefined

/** All but the rivals: a witness that sees everything, some that read slowly, and the others. */
const membersOf = (run: Run): ReadonlyArray<Member> => {
  const { allSlow, bytesPerSecond, clients, seed } = run.settings
  const dice = new Dice(seed, "members")
  return Array.from({ length: clients - rivals }, (_, at) => {
    const isSlow = allSlow || (at > 0 && at % slowEvery === 0)
    return new Member(run, `member${at}`, {
      isWitness: at === 0,
      bytesPerSecond: isSlow ? bytesPerSecond : undefined,
      rooms: rooms.filter(() => at === 0 || dice.chance(0.6))
    })
  })
}

/** Some who want the same names. */
const rivalsOf = (run: Run): ReadonlyArray<Rival> =>
  contested.flatMap((name) => ["a", "b", "c"].map((id) => new Rival(run, name, id)))

/** Some who know nothing of sessions, where there are several nodes for them to come back to. */
const plainOf = (run: Run): ReadonlyArray<Plain> =>
  run.addresses.length === 1 ? [] : ["plain0", "plain1", "plain2"].map((name) => new Plain(run, name))

const rooms = ["lab", "Café", "__proto__"]
const contested = ["king", "queen"]
const slowEvery = 8
const lookMillis = 20
